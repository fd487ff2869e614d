import type { AlarmDescription, AlarmPlan } from "./alarm";
import { balancerAlarms } from "./balancerAlarms";
import { machineAlarms } from "./machineAlarms";

/** One alarm for each promise of the stack; those of the machines only where these send metrics. */
export function describeAlarms<Name>(plan: AlarmPlan<Name>): AlarmDescription<Name>[] {
  const measured = plan.settings.hostLogs ? plan.machines : [];
  return [...balancerAlarms(plan), ...measured.flatMap((machine) => machineAlarms(plan, machine))];
}

/** The text of an alarm: what is wrong, and where it says what to do. */
export function alarmText(
  { about, runbook }: Pick<AlarmDescription<unknown>, "about" | "runbook">,
  runbookUrl: string,
): string {
  return `${about} What to do: ${runbookUrl}#runbook-${runbook}`;
}
