import type { HostCommands } from "../../../lib/hosts/protocol";
import { readAnswer, type CheckedHost } from "../../../lib/hosts/check";
import type { Silence } from "../../../lib/rollout/operations";
import { checkSeconds, lookForChanges } from "./examine";
import { silentAmong, type HostAnswer, type Hosts } from "./hosts";

export interface HostReport {
  host: string;
  status: HostCommands["status"]["output"] | undefined;
  /** What came back instead of an answer of the application; undefined where it answers, or the host cannot check it. */
  hangs?: string;
}

export interface Survey {
  /** Hosts that let nobody in; nothing else is said of them. */
  silent: Silence[];
  reports: HostReport[];
  /** What was found on those that the engine has activated. */
  checked: CheckedHost[];
}

type Said = HostAnswer<HostCommands["survey"]["output"]>;

const statusSeconds = 30;

/** What hosts say of themselves, over one connection to each, all at once. */
export async function surveyHosts(hosts: Hosts, names: readonly string[]): Promise<Survey> {
  const all = await hosts.call(names, "survey", { examine: true }, { seconds: checkSeconds });
  const present = all.filter(({ letIn }) => letIn);
  const [reports, earlier] = await Promise.all([
    reportsOf(hosts, present),
    lookForChanges(hosts, withEarlierProgram(present)),
  ]);
  const checked = present
    .filter(({ host, unknown }) => !unknown && hosts.step(host, "activate") !== undefined)
    .map(({ host, result, complaint }) =>
      readAnswer(host, result?.examination ?? undefined, complaint, Date.now() / 1000),
    );
  return { silent: silentAmong(all), reports, checked: [...checked, ...earlier] };
}

/** The status of hosts, and whether their application answers; all are queried at once. */
export async function readReports(hosts: Hosts, names: readonly string[]): Promise<HostReport[]> {
  return reportsOf(hosts, await hosts.call(names, "survey", { examine: false }, { seconds: statusSeconds }));
}

async function reportsOf(hosts: Hosts, all: readonly Said[]): Promise<HostReport[]> {
  const earlier = await readEarlier(hosts, withEarlierProgram(all));
  return all.map(
    ({ host, result }) =>
      earlier.find((report) => report.host === host) ?? toReport(host, result?.status, result?.answers),
  );
}

function withEarlierProgram(all: readonly Said[]): string[] {
  return all.filter(({ unknown }) => unknown).map(({ host }) => host);
}

/** Of hosts whose program has no survey yet. */
async function readEarlier(hosts: Hosts, names: readonly string[]): Promise<HostReport[]> {
  const application = names.filter((name) => hosts.applicationHosts.includes(name));
  const [statuses, answers] = await Promise.all([
    hosts.call(names, "status", {}, { seconds: statusSeconds }),
    hosts.call(application, "answers", {}, { seconds: statusSeconds }),
  ]);
  return statuses.map(({ host, result }) =>
    toReport(host, result, answers.find((answer) => answer.host === host)?.result),
  );
}

function toReport(
  host: string,
  status: HostReport["status"] | null,
  said: HostCommands["answers"]["output"] | null | undefined,
): HostReport {
  return { host, status: status ?? undefined, ...(said?.answers === false && { hangs: said.got }) };
}
