import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readDeclared } from "../../bin/commands/hosts/declaredHosts";

const checkout = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), "portico-declared-"));
const app = "  portico:app: { folder: app, module: 'sample:app' }";

beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
});

function declare(lines: string[]) {
  writeFileSync("Pulumi.dev.yaml", ["config:", app, ...lines, ""].join("\n"));
  return readDeclared("dev");
}

describe("the hosts that the settings name", () => {
  it("are the machines of target local by their number, and the balancer", () => {
    const found = declare(["  portico:target: local", "  portico:local: { webMachines: 3 }"]);
    expect(found).toMatchObject({
      target: "local",
      hosts: ["web-1", "web-2", "web-3", "balancer"].map((name) => ({ name })),
    });
  });

  it("are those of target hosts with how they are reached, whatever else is encrypted", () => {
    const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvbmdlbm91Z2hmb3JhcHVibGlja2V5b2Zob3N0c18x";
    const host = `{ name: north, address: 10.0.0.1, roles: [web, balancer], user: deploy, sshPort: 2222, sshAddress: 192.0.2.1, hostKey: ${hostKey} }`;
    const found = declare([
      "  portico:target: hosts",
      "  portico:loginKey:",
      "    secure: v1:abc",
      `  portico:hosts: { machines: [${host}] }`,
    ]);
    expect(found).toMatchObject({
      target: "hosts",
      hosts: [{ name: "north", connection: { host: "192.0.2.1", port: 2222, user: "deploy", hostKey } }],
    });
  });

  it("are not known where the settings are wrong: the program says what is", () => {
    expect(declare(["  portico:target: local", "  portico:local: { webMachines: none }"])).toBeUndefined();
  });
});
