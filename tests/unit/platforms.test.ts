import { localPlatformIds, platformIds, platforms } from "../../lib/hosts/platforms";
import { parseSettings } from "../../lib/settings";

test("every platform is found by the id that its os-release gives", () => {
  for (const id of platformIds) {
    expect(platforms[id].id).toBe(id);
    expect(id).toMatch(/^(debian-\d+|ubuntu-\d\d\.04)$/);
  }
});

test("machines on this computer are of the platforms that Debian's archive has, and of no others", () => {
  const set = (platform: string) => parseSettings({ app: { module: "shop:app" }, local: { platform } }).local.platform;
  expect(platformIds.filter((id) => platforms[id].suite !== undefined)).toEqual(localPlatformIds);
  for (const id of localPlatformIds) expect(set(id)).toBe(id);
  expect(() => set("ubuntu-24.04")).toThrow(/local\.platform: got "ubuntu-24\.04"; allowed: .*debian-13/);
});
