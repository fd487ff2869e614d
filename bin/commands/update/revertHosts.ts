import type { HostCommands } from "../../../lib/hosts/protocol";
import type { Environment } from "../base/engine";
import { Hosts, type HostAnswer } from "../hosts/hosts";
import { findUntrue, markUntrue } from "../hosts/hostStatus";
import { readReports, type HostReport } from "../hosts/survey";

/**
 * After a failed update: every host that had switched and was not confirmed goes back at once, instead of at the
 * end of its lease. The activations of all hosts that do not have what the engine's state says are marked, so that
 * the next preview is true and the next update switches them again.
 */
export async function revertHosts(stack: string, environment: Environment): Promise<void> {
  await Hosts.use(stack, environment, async (hosts) => {
    const silent = await hosts.findSilent();
    silent.forEach(({ host, complaint }) => reportSilent(host, complaint));
    const names = hosts.names.filter((name) => silent.every(({ host }) => host !== name));
    const answers = await hosts.call(names, "revert", { why: "the update failed on another host or was interrupted" });
    answers.forEach(report);
    const reports = await readReports(hosts, names);
    markUntrue(hosts, findUntrue(hosts, reports), stack, environment);
    process.stderr.write(servingLine(reports, stack));
  });
}

/** What serves after a failed update, release by release; hosts without an application have nothing to say. */
export function servingLine(reports: readonly HostReport[], stack: string): string {
  const releases = new Map<string, string[]>();
  for (const { host, status } of reports) {
    const release = status?.current?.release;
    if (release) releases.set(release, [...(releases.get(release) ?? []), host]);
  }
  const serving = [...releases].map(([release, names]) => `${names.join(", ")} with release ${release}`);
  return serving.length === 0
    ? ""
    : `portico: what serves now: ${serving.join("; ")}; mend the cause above and run bin/up ${stack} again\n`;
}

function report({ host, result, complaint }: HostAnswer<HostCommands["revert"]["output"]>): void {
  if (result?.reverted)
    process.stderr.write(`portico: ${host} went back${result.release ? ` to ${result.release}` : ""}\n`);
  if (result === undefined) reportSilent(host, complaint);
}

function reportSilent(host: string, complaint: string): void {
  process.stderr.write(
    `portico: ${host} was not reverted (${complaint.trim()}); where it had switched, its lease ends that\n`,
  );
}
