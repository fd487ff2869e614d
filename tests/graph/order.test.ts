import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let recording: Recording;

const web = ["web-1", "web-2", "web-3"];
const hosts = [...web, "balancer"];

beforeAll(async () => {
  recording = await new Program(makeFolder()).run({ file: { ...readStackFile("dev"), "portico:local": { webMachines: 3 } } });
});

const dependenciesOf = (label: string) => recording.get(label).options.dependsOn;
const waitsOf = (label: string) => [...recording.waitsFor(label)];

describe.each(hosts)("%s", (host) => {
  it("is asked whether it is ready once its machine is there", () => {
    expect(dependenciesOf(`${host}-ready`)).toContain(`${host}-machine`);
    expect(dependenciesOf(`${host}-machine`)).toContain("local-network-bridge");
  });

  it("gets its files once it is ready", () => {
    expect(dependenciesOf(`${host}-bundle`)).toContain(`${host}-ready`);
    if (host !== "balancer") expect(dependenciesOf(`${host}-release`)).toContain(`${host}-ready`);
  });

  it("is staged once it is ready and has all that was copied", () => {
    const copied = host === "balancer" ? ["bundle"] : ["bundle", "release"];
    expect(dependenciesOf(`${host}-stage`)).toEqual(expect.arrayContaining(["ready", ...copied].map((role) => `${host}-${role}`)));
  });

  it("is made ready, filled and staged without waiting for any other host", () => {
    const others = hosts.filter((other) => other !== host);
    expect(waitsOf(`${host}-stage`)).toContain(`${host}-machine`);
    expect(waitsOf(`${host}-stage`).filter((label) => others.some((other) => label.startsWith(`${other}-`)))).toEqual([]);
  });

  it("serves what was staged on it", () => {
    expect(dependenciesOf(`${host}-activate`)).toContain(`${host}-stage`);
  });
});

describe("activation", () => {
  it("of any host waits until the release was rehearsed on all hosts of the fleet", () => {
    for (const host of web) expect(dependenciesOf(`${host}-activate`)).toEqual(expect.arrayContaining(web.map((other) => `${other}-stage`)));
  });

  it("goes from host to host, never two at once, and the first waits for none", () => {
    const activations = web.map((host) => `${host}-activate`);
    const waits = activations.map((label) => waitsOf(label).filter((other) => other.endsWith("-activate")).sort());
    expect(waits).toEqual([[], activations.slice(0, 1), activations.slice(0, 2)]);
  });

  it("of the balancer comes after all hosts serve, and no host waits for it", () => {
    expect(dependenciesOf("balancer-activate")).toEqual(expect.arrayContaining(web.map((host) => `${host}-activate`)));
    for (const host of web) expect(waitsOf(`${host}-activate`).filter((label) => label.startsWith("balancer-"))).toEqual([]);
  });

  it("hands over what stage printed, as it is", () => {
    for (const host of hosts) {
      expect(JSON.stringify(recording.get(`${host}-activate`).inputs.stdin)).toContain(`stdout of ${host}-stage"`);
    }
  });
});

describe("programs on the host", () => {
  it.each(hosts)("%s runs the very bundle that was copied, for stage and for activate", (host) => {
    const bundle = recording.get(`${host}-bundle`).inputs.remotePath as string;
    expect(bundle).toMatch(/^portico\/(web|edge)-[0-9a-f]{12}\.pyz$/);
    for (const command of ["stage", "activate"]) {
      expect(recording.get(`${host}-${command}`).inputs.create).toMatch(new RegExp(`sudo -n python3 -I ${bundle} ${command}$`));
    }
  });

  it("are one bundle for all application hosts and another for the balancer", () => {
    const bundles = new Set(web.map((host) => recording.get(`${host}-bundle`).inputs.remotePath));
    expect(bundles.size).toBe(1);
    expect(bundles).not.toContain(recording.get("balancer-bundle").inputs.remotePath);
  });

  it("unpack the very archive that was copied; the balancer gets none", () => {
    for (const host of web) {
      const archive = recording.get(`${host}-release`).inputs.remotePath as string;
      expect(archive).toBe(`portico/release-${recording.outputsOf("Stack").release as string}.tar.gz`);
      expect(JSON.stringify(recording.get(`${host}-stage`).inputs.stdin)).toContain(archive);
    }
    expect(JSON.stringify(recording.get("balancer-stage").inputs.stdin)).toContain('\\"release\\":null,\\"archive\\":null');
    expect(recording.labels).not.toContain("balancer-release");
  });
});
