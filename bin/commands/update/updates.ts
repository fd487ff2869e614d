import { planUpdates, recordedMachines, type Update, type UpdatePlan } from "../../../lib/targets/aws/updates";
import type { Prepared } from "./beforeUpdate";
import { runEngine, runEngineSilently, type Environment } from "../base/engine";
import { withEventLog, type EngineEvent } from "./eventLog";
import { StepWatch } from "./stepWatch";
import { givenSettings } from "../state/stackFile";
import { readEntries } from "../state/stackState";

export interface Updated {
  code: number;
  /** Whether anything may have been changed. */
  begun: boolean;
  /** What the engine reported, update by update. */
  events: EngineEvent[][];
}

/** Whether an update found all as it was: its state is that of before. */
export function changedNothing(events: readonly (readonly EngineEvent[])[]): boolean {
  return (
    events.length > 0 &&
    events.every((each) => each.length > 0 && each.every(({ op }) => op === "same" || op === "read"))
  );
}

/** Brings a stack up in as many updates as its machines need. */
export async function runUpdates(stack: string, { environment, exclusions }: Prepared): Promise<Updated> {
  const plan = await plannedUpdates(stack, environment, exclusions);
  if (typeof plan === "number") return { code: plan, begun: false, events: [] };
  announce(plan);
  const events: EngineEvent[][] = [];
  for (const [index, update] of plan.updates.entries()) {
    if (plan.updates.length > 1)
      process.stdout.write(`\nportico: ${update.machine}, machine ${index + 1} of ${plan.updates.length}\n`);
    // What is no target stays as it is too.
    const targets = update.targets.length > 0 ? update.targets.flatMap((target) => ["--target", target]) : exclusions;
    const words = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack, ...targets];
    const steps = new StepWatch();
    const { result: code, events: reported } = await withEventLog(
      environment,
      (flags, logged) => steps.during((end) => runEngine([...words, ...flags], logged, end)),
      steps.hear,
    );
    events.push(reported);
    if (code !== 0) {
      explain(plan, index, stack);
      return { code, begun: !changedNothing(events), events };
    }
  }
  return { code: 0, begun: true, events };
}

/** Looks ahead only where more than one machine could become another one. Answers an exit code where that fails. */
async function plannedUpdates(
  stack: string,
  environment: Environment,
  exclusions: readonly string[],
): Promise<UpdatePlan | number> {
  const everything = { updates: [{ targets: [] }], replaced: [] };
  if (givenSettings(stack).target !== "aws") return everything;
  const recorded = readEntries(stack, environment);
  if (recordedMachines(recorded).length < 2) return everything;
  process.stdout.write("portico: looking ahead which machines become other ones\n");
  const words = ["preview", "--suppress-outputs", "--non-interactive", "--stack", stack, ...exclusions];
  const { result, events } = await withEventLog(environment, (flags, logged) =>
    runEngineSilently([...words, ...flags], logged),
  );
  const { code, output } = result;
  if (code !== 0) {
    process.stderr.write(output);
    return code;
  }
  return planUpdates(
    events.filter(({ kind }) => kind === "begun"),
    recorded,
  );
}

function announce({ replaced, updates, allAtOnce }: UpdatePlan): void {
  if (updates.length > 1)
    process.stdout.write(
      `portico: ${replaced.join(", ")} become other machines, one after another: each comes into service before the one it replaces goes\n`,
    );
  if (allAtOnce !== undefined)
    process.stdout.write(
      `portico: ${replaced.join(", ")} become other machines in one update, since ${allAtOnce}; all new ones come into service before the old ones go\n`,
    );
}

function explain({ updates }: UpdatePlan, failed: number, stack: string): void {
  const names = (from: number, to?: number) =>
    updates
      .slice(from, to)
      .map(({ machine }: Update) => machine)
      .join(", ");
  if (updates.length === 1) return;
  const lines = [
    `portico: the update stopped at ${names(failed, failed + 1)}, of which the old or the new machine serves`,
    ...(failed > 0 ? [`         replaced and in service: ${names(0, failed)}`] : []),
    ...(failed + 1 < updates.length ? [`         still as before: ${names(failed + 1)}`] : []),
    `         mend the cause above and run bin/up ${stack} again; it goes on where it stopped`,
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
}
