import { moveHosts } from "../hosts/balancerDoor";
import type { Environment } from "../base/engine";
import { Hosts } from "../hosts/hosts";
import { findUntrue, markUntrue } from "../hosts/hostStatus";
import type { StateResource } from "../state/stackState";
import { readReports, type HostReport } from "../hosts/survey";

/**
 * After an update that the engine calls done: whether the hosts that took part have what it gave them and answer. An operator may
 * have taken one back meanwhile. The balancer takes those in again that are right. Answers the exit code.
 */
export async function concludeUpdate(
  stack: string,
  without: readonly string[],
  environment: Environment,
  resources: readonly StateResource[],
): Promise<number> {
  return Hosts.in(resources, async (hosts) => {
    const names = hosts.names.filter((name) => !without.includes(name));
    const reports = await readReports(hosts, names);
    const untrue = findUntrue(hosts, reports);
    untrue.forEach(({ host, has }) =>
      process.stderr.write(
        `portico: ${host} has ${has ?? "other files"}, not what this update gave it: somebody took it back meanwhile (bin/history ${stack})\n`,
      ),
    );
    markUntrue(hosts, untrue, stack, environment);
    const wrong = reports.filter(
      ({ host, status, hangs }) =>
        status === undefined || hangs !== undefined || untrue.some((each) => each.host === host),
    );
    wrong.forEach(({ host, status, hangs }) => {
      if (status === undefined) process.stderr.write(`portico: ${host} does not say what it has\n`);
      if (hangs !== undefined) process.stderr.write(`portico: the application on ${host} does not answer: ${hangs}\n`);
    });
    const right = hosts.applicationHosts.filter(
      (host) => names.includes(host) && wrong.every((each) => each.host !== host),
    );
    const resumed = await moveHosts(hosts, "resume", right.filter(isOut(reports)), "an update brought it up to date");
    without.forEach((host) =>
      process.stdout.write(
        `portico: ${host} was left out; bin/up ${stack} brings it up to date, and then it gets requests again\n`,
      ),
    );
    return wrong.length === 0 && resumed ? 0 : 1;
  });
}

/** Whether a balancer among these leaves a host out: taken out for work, or for want of an answer. */
function isOut(reports: readonly HostReport[]): (host: string) => boolean {
  const watches = reports.flatMap(({ status }) => status?.watch ?? []);
  return (host) =>
    watches.some(({ hosts }) => hosts[host] !== undefined && (!hosts[host].serves || hosts[host].drained !== null));
}
