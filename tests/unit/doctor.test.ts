import type * as childProcess from "node:child_process";
import { contactProblem, examine, type CheckedHost, type Problem } from "../../lib/targets/hosts/doctor";
import { clockNotes, findProblems, readFacts, type Expectation } from "../../lib/targets/hosts/doctor/findings";
import {
  firewallNotes,
  firewallProblems,
  type FirewallExpectation,
} from "../../lib/targets/hosts/doctor/otherFirewall";
import { factsScript, lastWord } from "../../lib/targets/hosts/doctor/factsScript";
import { run } from "../support/run";

const expected: Expectation = {
  platform: "debian-13",
  python: "3.13",
  architecture: "x86_64",
  memoryMegabytes: 1280,
  diskMegabytes: 1024,
  ports: [8443],
  ownFirewall: false,
  admissions: [{ ports: [8443], from: ["10.0.0.12"] }],
};
const clock = 1_800_000_000;
const healthy = {
  platform: "debian-13",
  architecture: "x86_64",
  systemd: "257",
  python: "3.13",
  clock: String(clock + 5),
  memory: "2000",
  disk: "9000",
  sudo: "yes",
};

/** What the doctor finds on a host that says this, besides all that a healthy one says. */
function problems(said: Record<string, string | undefined> = {}, more: string[] = []): string[] {
  const lines = Object.entries({ ...healthy, ...said }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  return findProblems(readFacts([...lines, ...more, lastWord].join("\n")), expected, clock).map(
    ({ subject, found }) => `${subject}: ${found}`,
  );
}

describe("the doctor", () => {
  it("tells of a clock that nobody keeps right, and stops nothing for it", () => {
    const notes = (line: string) => clockNotes(readFacts(line));
    expect(notes("synchronised=no")).toEqual([expect.stringContaining("timedatectl set-ntp true")]);
    expect(problems({ synchronised: "no" })).toEqual([]);
    // A container says nothing, and a host without timedatectl neither.
    for (const line of ["synchronised=yes", "synchronised=", ""]) expect(notes(line)).toEqual([]);
  });

  it("finds nothing wrong with a host as it has to be, with Portico on it or not", () => {
    expect(problems()).toEqual([]);
    expect(
      problems({}, ["portico=yes", "port=8443 nginx portico-nginx.service", "port=443 nginx portico-nginx.service"]),
    ).toEqual([]);
  });

  it.each<[string, Record<string, string | undefined>, string[], string]>([
    ["no sudo", { sudo: undefined }, [], "sudo: none"],
    ["another system", { platform: "debian-12" }, [], "platform: debian-12"],
    ["no os-release", { platform: "-" }, [], "platform: -"],
    ["other processors", { architecture: "aarch64" }, [], "architecture: aarch64"],
    ["no systemd", { systemd: "" }, [], "systemd: none"],
    ["another Python", { python: "3.12" }, [], "python: 3.12"],
    ["no Python", { python: "" }, [], "python: none"],
    ["little memory", { memory: "1279" }, [], "memory: 1279 MiB"],
    ["little space", { disk: "1023" }, [], "disk: 1023 MiB"],
    ["a clock behind", { clock: String(clock - 31) }, [], "clock: 31 s behind"],
    ["a clock ahead", { clock: String(clock + 3600) }, [], "clock: 3600 s ahead"],
    ["another web server", {}, ["foreign=apache2.service"], "web server: apache2.service"],
    [
      "a port that another program holds",
      {},
      ["port=8443 python3 session-1.scope", "port=8443 python3 session-1.scope"],
      "port 8443: python3 (session-1.scope)",
    ],
    ["a port that nobody knows who holds", {}, ["port=8443 unknown "], "port 8443: unknown"],
    [
      "a package that is not to be had",
      {},
      ["unavailable=nginx E: Unable to locate package nginx"],
      "package: no nginx: E: Unable to locate package nginx",
    ],
  ])("finds %s", (_, said, more, problem) => {
    expect(problems(said, more)).toEqual([problem]);
  });

  it("asks for no free space where Portico is already", () => {
    expect(problems({ disk: "300" }, ["portico=yes"])).toEqual([]);
  });

  it("lists all that is wrong at once", () => {
    expect(problems({ sudo: undefined, python: "", memory: "10" }, ["foreign=nginx.service"])).toHaveLength(4);
  });

  it.each([
    [
      "ssh: connect to host 10.0.0.11 port 22: Connection refused",
      "connection",
      "ssh: connect to host 10.0.0.11 port 22: Connection refused",
    ],
    ["", "connection", "no answer"],
    [
      "@@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@@\nHost key verification failed.",
      "host key",
      "Host key verification failed.",
    ],
    [
      "No ED25519 host key is known for 10.0.0.11 and you have requested strict checking.\nHost key verification failed.",
      "host key",
      "Host key verification failed.",
    ],
    ["admin@10.0.0.11: Permission denied (publickey).", "login", "admin refused"],
  ])("tells why a host does not let it in: %s", (complaint, subject, found) => {
    expect(contactProblem({ host: "10.0.0.11", port: 22, user: "admin" }, complaint)).toMatchObject({ subject, found });
  });
});

describe("a firewall that a host has", () => {
  const both: FirewallExpectation = {
    ownFirewall: false,
    admissions: [...expected.admissions, { ports: [443], from: null }],
  };

  it("is left alone, and told with the rules that it needs", () => {
    expect(problems({}, ["firewall=ufw"])).toEqual([]);
    expect(firewallNotes(["ufw"], both)).toEqual([
      "ufw is left as it is; where it does not let in what Portico serves, run there as root:",
      "  ufw allow proto tcp from 10.0.0.12 to any port 8443",
      "  ufw allow proto tcp from any to any port 443",
    ]);
    expect(firewallNotes(["firewalld"], both).slice(1)).toEqual([
      "  firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=10.0.0.12 port port=8443 protocol=tcp accept'",
      "  firewall-cmd --permanent --add-port=443/tcp",
      "  firewall-cmd --reload",
    ]);
    expect(firewallNotes(["nftables inet mine", "iptables"], both).filter((line) => line.startsWith("  "))).toEqual([
      "  nft insert rule inet mine CHAIN ip saddr 10.0.0.12 tcp dport 8443 accept (CHAIN is the one of hook input)",
      "  nft insert rule inet mine CHAIN tcp dport 443 accept (CHAIN is the one of hook input)",
      "  iptables -I INPUT -p tcp -s 10.0.0.12 --dport 8443 -j ACCEPT",
      "  iptables -I INPUT -p tcp --dport 443 -j ACCEPT",
    ]);
    expect(firewallNotes([], both)).toEqual([]);
  });

  it("is a problem where Portico shall bring its own, as each would drop what the other lets in", () => {
    const [problem, ...others] = firewallProblems(["ufw"], { ...both, ownFirewall: true });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ subject: "firewall", found: "ufw" });
    expect(problem!.remedy).toContain("firewall.rules: none");
    expect(problem!.remedy).toContain("ufw allow proto tcp from any to any port 443");
    expect(firewallNotes(["ufw"], { ...both, ownFirewall: true })).toEqual([]);
  });
});

describe("an answer", () => {
  const checkedHost: CheckedHost = {
    ...expected,
    name: "web-1",
    packages: [],
    connection: { host: "10.0.0.11", port: 22, user: "admin", privateKey: "key", hostKey: "ssh-ed25519 AAAA" },
  };
  const real: typeof childProcess = jest.requireActual("node:child_process");
  const { spawn } = real;
  const facts = Object.entries(healthy)
    .map(([key, value]) => `${key}=${value}`)
    .filter((line) => !line.startsWith("clock="));
  afterEach(() => jest.restoreAllMocks());

  /** What is wrong with a host for which ssh says these lines. */
  async function problemsFor(lines: readonly string[]): Promise<Problem[]> {
    const saying = (_program: string, _words: readonly string[], options: childProcess.SpawnOptions) =>
      spawn("sh", ["-c", `cat >/dev/null; printf '%s\\n' "$@"`, "sh", ...lines], options);
    jest.spyOn(real, "spawn").mockImplementation(saying);
    return (await examine([checkedHost]))[0]!.problems;
  }
  const diagnose = async (lines: readonly string[]) => (await problemsFor(lines)).map(({ subject }) => subject);

  it("moves no cursor and sets no title of the terminal that shows it", async () => {
    const said = facts.map((line) => line.replace(/^platform=.*/, "platform=\u001b]0;title\u0007sunos"));
    const [problem] = await problemsFor([...said, `clock=${Math.round(Date.now() / 1000)}`, lastWord]);
    expect(problem).toMatchObject({ subject: "platform", found: "]0;title sunos" });
  });

  it("that is whole is a diagnosis, and one that was cut off is none, whatever it said so far", async () => {
    const all = [...facts, `clock=${Math.round(Date.now() / 1000)}`];
    expect(await diagnose([...all, lastWord])).toEqual([]);
    expect(await diagnose(all)).toEqual(["connection"]);
    expect(await diagnose([])).toEqual(["connection"]);
  });
});

describe("the question", () => {
  it("is a script that any shell takes, and answers for this computer to the last word", async () => {
    const { code, stdout, output } = await run(["sh", "-s"], { input: factsScript(["bash"], [1]) });
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    const facts = readFacts(stdout);
    expect([...facts.keys()]).toEqual(
      expect.arrayContaining(["platform", "architecture", "systemd", "python", "clock", "memory", "disk"]),
    );
    expect(Number(facts.get("memory")![0])).toBeGreaterThan(100);
    expect(Number(facts.get("disk")![0])).toBeGreaterThan(0);
    expect(facts.get("port")).toBeUndefined();
    expect(stdout.trimEnd().endsWith(lastWord)).toBe(true);
  });
});
