import type { HostStatus } from "../hosts/protocol";
import { byName } from "../stack/resourceNames";

export type { HostStatus };

/**
 * The release to go back to: the wanted one, or the latest that is good on every host and is not what all of them serve already.
 * While an update is under way, what it took the place of is still good everywhere: that is the one. Throws where there is none.
 */
export function chooseRelease(statuses: readonly HostStatus[], wanted?: string): string {
  const kept = statuses[0]!.good.filter((release) => statuses.every(({ good }) => good.includes(release)));
  const onTrial = statuses.some(({ lease }) => (lease ?? null) !== null);
  const candidates = kept.filter((release) => onTrial || statuses.some(({ current }) => current?.release !== release));
  const release = wanted ?? candidates[0];
  if (release !== undefined && kept.includes(release)) return release;
  const allowed =
    kept.length > 0
      ? `a good release that every host keeps: ${kept.join(", ")}`
      : "a good release that every host keeps; there is none";
  throw new Error(`release: got ${wanted ?? "none to go back to"}; allowed: ${allowed}; nothing was changed`);
}

export interface Silence {
  host: string;
  complaint: string;
}

export interface Roll {
  stack: string;
  target: "local" | "hosts" | "aws";
  applicationHosts: readonly string[];
  balancer: string | undefined;
  /** Hosts that the settings still name; those that leave the stack are not contacted. */
  declared: readonly string[];
  silent: readonly Silence[];
  /** Hosts that the operator leaves out. */
  without: readonly string[];
}

export interface Participants {
  leaveOut: string[];
  /** Local machines that let nobody in: the update boots them again. */
  boot: string[];
}

/** Who takes part in an update. Throws with what the operator can do where a host has to take part and does not answer. */
export function planParticipants({
  stack,
  target,
  applicationHosts,
  balancer,
  declared,
  silent,
  without,
}: Roll): Participants {
  checkWithout(without, applicationHosts, balancer);
  const stay = applicationHosts.filter((host) => declared.includes(host) && !without.includes(host));
  const missed = silent.filter(({ host }) => declared.includes(host) && !without.includes(host));
  if (without.length > 0 && !stay.some((host) => target === "local" || missed.every((each) => each.host !== host))) {
    throw new Error(
      `--without: got ${without.join(", ")}, and no host that answers is left; allowed: all hosts but one that answers; nothing was changed`,
    );
  }
  if (target === "local" || missed.length === 0)
    return { leaveOut: [...without].sort(byName), boot: missed.map(({ host }) => host) };
  throw new Error(refusal(missed, { stack, target, applicationHosts, balancer }));
}

function checkWithout(
  without: readonly string[],
  applicationHosts: readonly string[],
  balancer: string | undefined,
): void {
  const others = applicationHosts.filter((host) => host !== balancer);
  const wrong = without.filter((host) => !others.includes(host));
  if (wrong.length === 0) return;
  const why = wrong.includes(balancer ?? "") ? `, which is the balancer` : "";
  throw new Error(
    `--without: got ${wrong.join(", ")}${why}; allowed: application hosts of the stack: ${others.join(", ") || "it has none yet"}; nothing was changed`,
  );
}

function refusal(
  missed: readonly Silence[],
  { stack, target, applicationHosts, balancer }: Pick<Roll, "stack" | "target" | "applicationHosts" | "balancer">,
): string {
  const names = missed.map(({ host }) => host);
  const spared = names.every((host) => applicationHosts.includes(host) && host !== balancer);
  const ways = [
    ...(target === "hosts" ? waysIn(missed, `Pulumi.${stack}.yaml`) : []),
    `repair ${names.join(", ")} and run bin/up ${stack} again`,
    ...(spared
      ? [
          `bin/up ${stack} ${names.map((host) => `--without ${host}`).join(" ")}: releases on the others; the balancer leaves ${names.join(", ")} out until a full update has brought it up to date`,
        ]
      : []),
    ...(target === "aws" ? [`bin/up ${stack} --refresh: makes a machine that was removed anew`] : []),
    ...(target === "hosts" ? waysOfGone(names, balancer, `Pulumi.${stack}.yaml`) : []),
  ];
  const complaints = missed.map(
    ({ host, complaint }) => `${host} does not answer (${lastLine(complaint)}); nothing was changed`,
  );
  return [...complaints, "         ways on:", ...ways.map((way) => `         - ${way}`)].join("\n");
}

/** Of hosts that run and let nobody in. */
function waysIn(missed: readonly Silence[], file: string): string[] {
  const saying = (words: string) =>
    missed
      .filter(({ complaint }) => complaint.includes(words))
      .map(({ host }) => host)
      .join(", ");
  const [other, refusing] = [saying("Host key verification failed"), saying("Permission denied")];
  return [
    ...(other === ""
      ? []
      : [`compare the host key of ${other} on its own console, and set hostKey in ${file} when it is the right one`]),
    ...(refusing === ""
      ? []
      : [`add the public half of loginKey to ~/.ssh/authorized_keys of the login user on ${refusing}`]),
  ];
}

/** A stack has one balancer: another computer takes its place. */
function waysOfGone(names: readonly string[], balancer: string | undefined, file: string): string[] {
  const others = names.filter((host) => host !== balancer);
  return [
    ...(others.length > 0 ? [`take ${others.join(", ")} out of hosts.machines in ${file}, where gone for good`] : []),
    ...(others.length < names.length
      ? [`give ${balancer} the address and hostKey of another computer in ${file}, where gone for good`]
      : []),
  ];
}

export function lastLine(complaint: string): string {
  return complaint.trim().split("\n").at(-1) || "no answer";
}

/** A host whose record in the engine's state is not what it has. */
export interface Untrue {
  /** Roles of the resources that have to run again. */
  steps: ("stage" | "activate")[];
  has: string | null;
}

/** Compares what the engine's state says was activated on a host with what the host says; undefined where they agree. */
export function compareRecord(recorded: string | undefined, status: HostStatus | undefined): Untrue | undefined {
  if (recorded === undefined || status === undefined) return undefined;
  const { current, takenBack = [] } = status;
  const banned = takenBack.includes(recorded);
  if (current?.key === recorded && !banned) return undefined;
  return { steps: banned ? ["stage", "activate"] : ["activate"], has: current === null ? null : current.release };
}
