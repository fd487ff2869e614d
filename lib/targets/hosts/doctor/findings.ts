import { contract } from "../../../base/contract";
import type { PlatformId } from "../../../hosts/platforms";
import type { Problem } from "./problem";
import { firewallProblems, type FirewallExpectation } from "./otherFirewall";
import type { Architecture } from "../../../release/python/platformTags";

/** What a host has to be. */
export interface Expectation extends FirewallExpectation {
  platform: PlatformId;
  /** Version of the platform's own Python, as 3.13. */
  python: string;
  architecture: Architecture;
  memoryMegabytes: number;
  /** Free, on a host that Portico is not on yet. */
  diskMegabytes: number;
  /** Ports that Portico listens on. */
  ports: readonly number[];
}

/** Certificates are good from the second on in which they are made. */
const clockToleranceSeconds = 30;
const ownUnit = contract.names.nginxUnit;

/** What a host said about itself: the values of each key, in their order. */
export type Facts = ReadonlyMap<string, readonly string[]>;

export function readFacts(output: string): Facts {
  const facts = new Map<string, string[]>();
  for (const [, key, value] of output.matchAll(/^([a-z]+)=(.*)$/gm))
    facts.set(key!, [...(facts.get(key!) ?? []), value!.trim()]);
  return facts;
}

/** All that is wrong, in the order in which one would mend it. `clock` is the time here when the host said its own, in seconds. */
export function findProblems(facts: Facts, expected: Expectation, clock: number): Problem[] {
  return [
    ...systemProblems(facts, expected),
    ...sizeProblems(facts, expected),
    ...clockProblems(facts, clock),
    ...serverProblems(facts),
    ...firewallProblems(firewallsOf(facts), expected),
    ...packageProblems(facts),
  ];
}

/** Of others, by name. */
export function firewallsOf(facts: Facts): readonly string[] {
  return facts.get("firewall") ?? [];
}

function systemProblems(facts: Facts, { platform, python, architecture }: Expectation): Problem[] {
  const problem = differences(facts);
  return [
    ...problem(
      "sudo",
      "yes",
      "sudo without a password for the login user",
      "allow it: 'USER ALL=(ALL) NOPASSWD:ALL' in a file of /etc/sudoers.d, or less (docs/hosts.md)",
    ),
    ...problem("platform", platform, platform, "set the host's platform to what it runs, or install it anew"),
    ...problem("architecture", architecture, architecture, "set the host's architecture to what it is"),
    ...(first(facts, "systemd") === ""
      ? [
          {
            subject: "systemd",
            found: "none",
            allowed: "a host that runs systemd",
            remedy: "use a host with systemd as its first process",
          },
        ]
      : []),
    ...problem(
      "python",
      python,
      `Python ${python}, the platform's own, as python3`,
      "apt-get install python3; put no other Python before it",
    ),
  ];
}

/** Makes problems of facts that are not as wanted. */
function differences(facts: Facts) {
  return (key: string, wanted: string, allowed: string, remedy: string): Problem[] => {
    const found = first(facts, key);
    return found === wanted ? [] : [{ subject: key, found: found || "none", allowed, remedy }];
  };
}

function sizeProblems(facts: Facts, { memoryMegabytes, diskMegabytes }: Expectation): Problem[] {
  const least = (key: string, wanted: number, what: string, remedy: string): Problem[] => {
    const found = Number(first(facts, key));
    return found >= wanted
      ? []
      : [{ subject: key, found: `${found} MiB`, allowed: `${wanted} MiB${what} or more`, remedy }];
  };
  return [
    ...least("memory", memoryMegabytes, "", "give the host more, or lower app.memoryMegabytes"),
    ...(facts.has("portico") ? [] : least("disk", diskMegabytes, " free", "free some space below /etc, /opt and /var")),
  ];
}

function clockProblems(facts: Facts, clock: number): Problem[] {
  const ahead = Number(first(facts, "clock")) - clock;
  if (Math.abs(ahead) <= clockToleranceSeconds) return [];
  const found = `${Math.round(Math.abs(ahead))} s ${ahead > 0 ? "ahead" : "behind"}`;
  return [
    {
      subject: "clock",
      found,
      allowed: `within ${clockToleranceSeconds} s of this computer's`,
      remedy: "set the one that is wrong: timedatectl set-ntp true",
    },
  ];
}

/** A clock that is right today and that nobody keeps so. */
export function clockNotes(facts: Facts): string[] {
  if (first(facts, "synchronised") !== "no") return [];
  return [
    "no source of time keeps its clock right; once it is wrong, certificates are not good: apt-get install systemd-timesyncd or chrony, let it reach its servers (UDP 123), timedatectl set-ntp true",
  ];
}

/** Other servers; one that runs shows by its unit and by its port, once for each. */
function serverProblems(facts: Facts): Problem[] {
  const foreign = facts.get("foreign") ?? [];
  const ports = (facts.get("port") ?? []).map((line) => line.split(" ")).filter(([, , unit]) => unit !== ownUnit);
  const held = new Map(
    ports.map(([port, program, unit]) => [`port ${port}`, unit ? `${program} (${unit})` : `${program}`]),
  );
  return [
    ...foreign.map((unit) => ({
      subject: "web server",
      found: unit,
      allowed: "no web server but Portico's",
      remedy: `systemctl disable --now ${unit}`,
    })),
    ...[...held].map(([subject, found]) => ({
      subject,
      found,
      allowed: "a port that only Portico listens on",
      remedy: "stop that program, or move it to another port",
    })),
  ];
}

function packageProblems(facts: Facts): Problem[] {
  return (facts.get("unavailable") ?? []).map((line) => {
    const [name, ...why] = line.split(" ");
    return {
      subject: "package",
      found: `no ${name}${why.length > 0 ? `: ${why.join(" ")}` : ""}`,
      allowed: "packages that apt-get can install",
      remedy: "give the host a way to its package sources, or install it",
    };
  });
}

function first(facts: Facts, key: string): string {
  return facts.get(key)?.[0] ?? "";
}
