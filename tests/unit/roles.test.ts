import { platforms } from "../../lib/hosts/platforms";
import { planContents } from "../../lib/hosts/contents";
import type { HostPlan, Role, SitePlan } from "../../lib/hosts/plan";
import { baselineSettings } from "../support/baseline";
import { bundleDescription } from "../support/bundleDescription";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();

const host = (name: string, ...roles: Role[]): HostPlan => ({
  name,
  address: "10.31.64.11",
  roles,
  platform: platforms["debian-13"],
  architecture: "x86_64",
});
const site = (...hosts: HostPlan[]): SitePlan => ({
  siteNames: ["portico.internal"],
  balancerAddresses: ["10.31.64.10"],
  hosts,
});

describe("the ports that a host is told to listen on", () => {
  const own = {
    machines: [
      {
        name: "a",
        address: "10.31.64.11",
        roles: ["web", "balancer"],
        user: "deploy",
        platform: "debian-13",
        hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
      },
    ],
  };
  const plans: [string, HostPlan[], object, boolean][] = [
    ["of an application host and a balancer", [host("web-1", "web"), host("balancer", "balancer")], {}, true],
    [
      "of a host that is both and was there before",
      [host("a", "web", "balancer")],
      { target: "hosts", hosts: own },
      false,
    ],
  ];

  test.each(plans)(
    "%s are those of its files, and others only on hosts of your own",
    async (_what, hosts, settings, onlyOnes) => {
      for (const { files, bundle } of await planContents(
        baselineSettings({ ...settings }),
        site(...hosts),
        newFolder(),
      )) {
        const listening = files.flatMap(({ content }) =>
          [...content.matchAll(/^\s*listen (?:\[::\]:)?(\d+)(?![\d.])/gm)].map(([, port]) => Number(port)),
        );
        const { listens } = bundleDescription(bundle.path);
        expect(listening.length).toBeGreaterThan(0);
        expect([...listens.ports].sort()).toEqual([...new Set(listening)].sort());
        expect(listens.onlyOnes).toBe(onlyOnes);
      }
    },
  );
});

describe("the units of a host", () => {
  const kinds: [string, HostPlan[]][] = [
    [
      "an application host and a balancer of two",
      [host("web-1", "web"), host("web-2", "web"), host("balancer", "balancer")],
    ],
    ["a host that is both", [host("a", "web", "balancer")]],
  ];

  test.each(kinds)(
    "of %s start at boot when they say so, and the one that ours replaces never does",
    async (_what, hosts) => {
      for (const { files, bundle } of await planContents(baselineSettings(), site(...hosts), newFolder())) {
        const { enabledUnits, maskedUnits } = bundleDescription(bundle.path);
        const installed = files.filter(
          ({ path, content }) => /^\/etc\/systemd\/system\/[^/@]+$/.test(path) && content.includes("[Install]"),
        );
        expect([...enabledUnits].sort()).toEqual(installed.map(({ path }) => path.split("/").at(-1)).sort());
        expect(maskedUnits).toEqual(["nginx.service"]);
      }
    },
  );

  test.each(kinds)("of %s drain a slot for longer than its Gunicorn needs to end", async (_what, hosts) => {
    const contents = await planContents(baselineSettings(), site(...hosts), newFolder());
    const slots = contents.flatMap(({ files, bundle }) => {
      const gunicorn = files.find(({ path }) => path.endsWith("/gunicorn.conf.py"));
      const drain = bundleDescription(bundle.path).app?.drainSeconds ?? 0;
      return gunicorn === undefined
        ? []
        : [{ drain, stop: Number(/^graceful_timeout = (\d+)$/m.exec(gunicorn.content)![1]) }];
    });
    expect(slots).toHaveLength(1);
    expect(slots[0]!.drain).toBeGreaterThan(slots[0]!.stop);
  });

  test("of two platforms come in two bundles, each for its own", async () => {
    const other = { ...host("web-2", "web"), platform: platforms["debian-12"] };
    const contents = await planContents(
      baselineSettings(),
      site(host("web-1", "web"), other, host("balancer", "balancer")),
      newFolder(),
    );
    expect(
      contents.map(({ name, hosts, bundle }) => [name, hosts, bundleDescription(bundle.path).platform.id]),
    ).toEqual([
      ["web-debian-13", ["web-1"], "debian-13"],
      ["web-debian-12", ["web-2"], "debian-12"],
      ["balancer", ["balancer"], "debian-13"],
    ]);
  });
});
