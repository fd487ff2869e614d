import { currentAuthor } from "../../lib/author";
import { stackEnvironment } from "./engine";
import { Hosts, type HostAnswer } from "./hosts";
import { runMain } from "./main";
import { nameOf, taint } from "./stackState";
import { withTunnels } from "./tunnels";

interface HostStatus {
  current: { release: string | null } | null;
  good: string[];
}

interface RolledBack {
  release: string;
  from: string;
}

async function rollback([stack = "dev", wanted]: string[]): Promise<number> {
  const environment = stackEnvironment(stack);
  return withTunnels(stack, environment, () => Hosts.use(stack, environment, async (hosts) => {
    const names = hosts.applicationHosts;
    if (names.length === 0) throw new Error(`stack: got ${stack}, which has no application hosts; allowed: a stack that is up; run npm start`);
    const statuses = complete(await hosts.ask<HostStatus>(names, "status", {}));
    const release = chooseRelease(statuses, wanted);
    process.stdout.write(`portico: rolling ${names.join(", ")} back to ${release}\n`);
    const answers = await hosts.ask<RolledBack>(names, "rollback", { release, who: currentAuthor().who });
    answers.forEach(report);
    taint(activationsOf(hosts, answers), stack, environment);
    if (answers.some(({ result }) => result === undefined)) return 1;
    process.stdout.write("portico: the program still declares the release before; pulumi preview shows what the next up would change back\n");
    return 0;
  }));
}

/** The wanted release, or the latest one that is good on every host and that no host serves now. */
function chooseRelease(statuses: readonly HostStatus[], wanted: string | undefined): string {
  const current = statuses.map((status) => status.current?.release);
  const kept = statuses[0]!.good.filter((release) => statuses.every(({ good }) => good.includes(release)));
  const candidates = kept.filter((release) => !current.includes(release));
  const release = wanted ?? candidates[0];
  if (release !== undefined && kept.includes(release)) return release;
  const allowed = kept.length > 0 ? `a good release that every host keeps: ${kept.join(", ")}` : "a good release that every host keeps; there is none";
  throw new Error(`release: got ${wanted ?? "none to go back to"}; allowed: ${allowed}; nothing was changed`);
}

function complete(answers: HostAnswer<HostStatus>[]): HostStatus[] {
  const silent = answers.filter(({ result }) => result === undefined);
  if (silent.length > 0) throw new Error(silent.map(({ host, complaint }) => `${host} does not answer, nothing was changed: ${complaint.trim()}`).join("\n"));
  return answers.map(({ result }) => result!);
}

function report({ host, result, complaint }: HostAnswer<RolledBack>): void {
  if (result) process.stdout.write(`portico: ${host} serves ${result.release} again, instead of ${result.from}\n`);
  else process.stderr.write(`portico: ${host} did not go back:\n${complaint}\n`);
}

/** The engine's state says that these hosts serve what they have just left. */
function activationsOf(hosts: Hosts, answers: HostAnswer<RolledBack>[]): string[] {
  const wanted = answers.filter(({ result }) => result !== undefined).map(({ host }) => `${host}-activate`);
  return hosts.resources.filter((resource) => wanted.includes(nameOf(resource))).map(({ urn }) => urn);
}

runMain(rollback);
