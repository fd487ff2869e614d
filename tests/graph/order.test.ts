import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";

const makeFolder = temporaryFolders();
let recording: Recording;

const web = ["web-1", "web-2", "web-3"];
const hosts = [...web, "balancer"];

beforeAll(async () => {
  const dev = readStackFile("dev");
  const app = { ...(dev["portico:app"] as object), migration: { command: ["flask", "db", "upgrade"] } };
  recording = await new Program(makeFolder()).run({
    file: { ...dev, "portico:local": { webMachines: 3 }, "portico:app": app },
  });
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
    if (host === "balancer") return;
    for (const step of ["release", "wheels"]) expect(dependenciesOf(`${host}-${step}`)).toContain(`${host}-ready`);
  });

  it("gets its packages once it is ready, beside its files", () => {
    expect(dependenciesOf(`${host}-packages`)).toContain(`${host}-ready`);
    expect(waitsOf(`${host}-packages`)).not.toContain(`${host}-bundle`);
  });

  it("is staged once it is ready and has its packages and all that was copied", () => {
    const copied = host === "balancer" ? ["bundle"] : ["bundle", "release", "wheels"];
    expect(dependenciesOf(`${host}-stage`)).toEqual(
      expect.arrayContaining(["ready", "packages", ...copied].map((role) => `${host}-${role}`)),
    );
  });

  it("is made ready, filled and staged without waiting for any other host", () => {
    const others = hosts.filter((other) => other !== host);
    expect(waitsOf(`${host}-stage`)).toContain(`${host}-machine`);
    expect(waitsOf(`${host}-stage`).filter((label) => others.some((other) => label.startsWith(`${other}-`)))).toEqual(
      [],
    );
  });

  it("serves what was staged on it, and keeps what it serves", () => {
    expect(dependenciesOf(`${host}-activate`)).toContain(`${host}-stage`);
    expect(dependenciesOf(`${host}-confirm`)).toEqual(expect.arrayContaining([`${host}-stage`, `${host}-activate`]));
  });
});

describe("programs on the host", () => {
  const gates = ["gate-web-1", "gate-web-2"];
  const commands = Object.fromEntries(
    hosts.map((host) => [
      host,
      ["stage", "activate", "confirm", ...(host === "web-1" ? ["migrate"] : []), ...(host === "balancer" ? gates : [])],
    ]),
  );

  it.each(hosts)("%s runs the very bundle that was copied, for every command", (host) => {
    const bundle = recording.get(`${host}-bundle`).inputs.remotePath as string;
    expect(bundle).toMatch(/^portico\/(web|edge)-[0-9a-f]{12}\.pyz$/);
    for (const role of commands[host]!) {
      const command = role.replace(/-web-\d$/, "");
      expect(recording.get(`${host}-${role}`).inputs.create).toMatch(
        new RegExp(`sudo -n timeout --kill-after=10 540 python3 -I ${bundle} ${command}$`),
      );
    }
  });

  it("are one bundle for all application hosts and another for the balancer", () => {
    const bundles = new Set(web.map((host) => recording.get(`${host}-bundle`).inputs.remotePath));
    expect(bundles.size).toBe(1);
    expect(bundles).not.toContain(recording.get("balancer-bundle").inputs.remotePath);
  });

  it("unpack the very archives that were copied; the balancer gets none", () => {
    for (const host of web) {
      const archive = recording.get(`${host}-release`).inputs.remotePath as string;
      expect(archive).toBe(`portico/application-${recording.outputsOf("Stack").release as string}.tar.gz`);
      const wheels = recording.get(`${host}-wheels`).inputs.remotePath as string;
      expect(wheels).toMatch(/^portico\/wheels-[0-9a-f]{12}\.tar$/);
      expect(JSON.parse(recording.stdinOf(`${host}-stage`))).toMatchObject({ archive, wheels });
    }
    expect(JSON.stringify(recording.get("balancer-stage").inputs.stdin)).toContain(
      '\\"release\\":null,\\"archive\\":null,\\"wheels\\":null',
    );
    expect(recording.labels).not.toContain("balancer-release");
    expect(recording.labels).not.toContain("balancer-wheels");
  });
});
