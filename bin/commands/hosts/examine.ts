import { contract } from "../../../lib/base/contract";
import { checkLines, earlierProgram, readAnswer, runsToHeal, type CheckedHost } from "../../../lib/hosts/check";
import type { Environment } from "../base/engine";
import type { Hosts } from "./hosts";
import { taint } from "../state/stackState";

/** The host program ends with 1 when something is not as it should be, and says what. */
const answered = [contract.exitCodes.done, contract.exitCodes.failed];
/** A host whose own requests get no answer waits for each of them; an environment of gigabytes is read. */
export const checkSeconds = 180;

/** Looks at hosts, all at once. */
export async function examine(hosts: Hosts, names: readonly string[]): Promise<CheckedHost[]> {
  const answers = await hosts.call(names, "check", {}, { answers: answered, seconds: checkSeconds });
  return answers.map(({ host, result, complaint }) => readAnswer(host, result, complaint, Date.now() / 1000));
}

/** Looks at those of the hosts that the engine has activated. */
export function lookForChanges(hosts: Hosts, names: readonly string[]): Promise<CheckedHost[]> {
  return examine(
    hosts,
    names.filter((name) => hosts.step(name, "activate") !== undefined),
  );
}

/**
 * Before an update: marks what has to run again to put right what was changed on hosts, so that the update does it in its own
 * order, one batch after another.
 */
export function planHealing(
  hosts: Hosts,
  checked: readonly CheckedHost[],
  stack: string,
  environment: Environment,
): void {
  const untrue = checked.flatMap((each) => runsToHeal(each, hosts.activatedOn(each.host)));
  report(checked.filter(isNews), untrue.length > 0);
  taint(hosts.urnsOf(untrue), stack, environment);
}

function isNews({ examination, complaint }: CheckedHost): boolean {
  return examination === undefined ? complaint !== earlierProgram : examination.differences.length > 0;
}

function report(checked: readonly CheckedHost[], heals: boolean): void {
  if (checked.length > 0)
    process.stdout.write(
      `portico: changed on hosts since the last update${heals ? "; this update puts right what it can" : ""}\n${checkLines(
        checked,
      )
        .map((line) => `  ${line}\n`)
        .join("")}`,
    );
}
