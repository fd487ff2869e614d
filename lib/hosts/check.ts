import { stepName } from "../stack/resourceNames";
import type { Difference, Examination } from "./protocol";

export type { Difference, Examination };

/** One host that was looked at, or not. */
export interface CheckedHost {
  host: string;
  /** Undefined where the host did not answer. */
  examination: Examination | undefined;
  /** Why there is no answer. */
  complaint: string;
}

/** Of a host whose program does not return its findings yet. */
export const earlierProgram = "its host program is of an earlier version; the next bin/up replaces it";

/** A clock further off breaks certificates, leases and the order of the history. */
const clockSeconds = 60;

/** An answer of a host, at a time of this computer; a host program from before `check` returned its findings so has none. */
export function readAnswer(
  host: string,
  result: Partial<Examination> | undefined,
  complaint: string,
  now: number,
): CheckedHost {
  if (result === undefined) return { host, examination: undefined, complaint: complaint.trim() };
  if (result.differences === undefined) return { host, examination: undefined, complaint: earlierProgram };
  const { state = null, time = now, differences, deliberate = [], drained = [] } = result;
  return {
    host,
    examination: { state, time, differences: [...differences, ...clockDifference(time - now)], deliberate, drained },
    complaint: "",
  };
}

function clockDifference(seconds: number): Difference[] {
  if (Math.abs(seconds) <= clockSeconds) return [];
  const off = `${Math.round(Math.abs(seconds))} s ${seconds > 0 ? "ahead of" : "behind"} this computer's`;
  return [
    {
      subject: "clock",
      found: off,
      wanted: `within ${clockSeconds} s`,
      healer: "nobody",
      advice: "set the one that is wrong: timedatectl set-ntp true",
    },
  ];
}

/** One line for a difference. */
export function differenceLine(host: string, { subject, found, wanted, advice }: Difference): string {
  return `${host}: ${subject}: ${found}; should be ${wanted}${advice === "" ? "" : `; ${advice}`}`;
}

/** All that is to be said of a check, line by line. */
export function checkLines(checked: readonly CheckedHost[]): string[] {
  return checked.flatMap(({ host, examination, complaint }) => {
    if (examination === undefined) return [`${host}: could not be checked: ${complaint}`];
    const kept = examination.deliberate.map((path) => `${host}: ${path}: a drop-in of yours, which stays`);
    const out = examination.drained.map(
      (each) => `${host}: ${each.host} is out for work since ${each.since} and gets no requests: ${each.why}`,
    );
    const differences = examination.differences.map((difference) => differenceLine(host, difference));
    return [...(differences.length === 0 ? [`${host}: as it should be`] : differences), ...kept, ...out];
  });
}

/** How many differences there are and who puts them right; undefined where there is none. */
export function healingHint(checked: readonly CheckedHost[], stack: string): string | undefined {
  const differences = checked.flatMap(({ examination }) => examination?.differences ?? []);
  const by = (healer: Difference["healer"]) => differences.filter((difference) => difference.healer === healer).length;
  const parts = [
    ...(by("activate") > 0 ? [`bin/check ${stack} --heal or bin/up ${stack} puts right ${by("activate")}`] : []),
    ...(by("stage") > 0 ? [`bin/up ${stack} puts right ${by("stage")}${by("activate") > 0 ? " more" : ""}`] : []),
    ...(by("nobody") > 0 ? [`${by("nobody")} for you to decide`] : []),
  ];
  return differences.length === 0
    ? undefined
    : `${differences.length === 1 ? "1 difference" : `${differences.length} differences`}: ${parts.join("; ")}`;
}

/** 0 when all is as it should be, 2 when something is not, 1 when a host could not be checked. */
export function checkCode(checked: readonly CheckedHost[]): 0 | 1 | 2 {
  if (checked.some(({ examination }) => examination === undefined)) return 1;
  return checked.some(({ examination }) => examination!.differences.length > 0) ? 2 : 0;
}

/** What a stage takes is copied again: a repair needs the archives, and nobody knows whether they are still there. */
const stageSteps = ["packages", "release", "wheels", "stage"] as const;

/**
 * Names of the resources of a host that have to run again to put it right. A host that has another state than the engine
 * knows of (`recorded`) is brought back to that.
 */
export function runsToHeal({ host, examination }: CheckedHost, recorded: string | undefined): string[] {
  if (examination === undefined) return [];
  const healers = new Set(examination.differences.map(({ healer }) => healer));
  const staged = healers.has("stage") ? stageSteps.map((step) => stepName(host, step)) : [];
  const untrue = recorded !== undefined && examination.state !== recorded;
  return staged.length > 0 || healers.has("activate") || untrue ? [...staged, stepName(host, "activate")] : [];
}
