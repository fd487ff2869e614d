import { currentAuthor } from "../../../lib/stack/author";
import { leftOutVariable, ownerOf } from "../../../lib/rollout/leftOut";
import { silentVariable } from "../../../lib/targets/local/machineState";
import { planParticipants } from "../../../lib/rollout/operations";
import { requireApplication } from "../../../lib/release";
import type { SshConnection } from "../../../lib/base/ssh";
import { moveHosts } from "../hosts/balancerDoor";
import { readDeclared, type Declared, type DeclaredHost } from "../hosts/declaredHosts";
import { callEngine, type Environment } from "../base/engine";
import { lookForChanges, planHealing } from "../hosts/examine";
import { Hosts, refusesUs, type Silence } from "../hosts/hosts";
import { restartHost } from "./restarting";
import { nameOf, readStateAside, type StateResource } from "../state/stackState";
import { findUntrue, markUntrue } from "../hosts/hostStatus";
import { surveyHosts, type Survey } from "../hosts/survey";

export interface Wish {
  stack: string;
  /** Hosts that the operator leaves out. */
  without: readonly string[];
  /** Machines that are gone are made anew, so that one that does not answer is no reason to stop. */
  refresh: boolean;
}

export interface Prepared {
  environment: Environment;
  /** Words for the engine that keep what is left out as it is. */
  exclusions: string[];
  /** The state as it was then. */
  resources: readonly StateResource[];
}

/**
 * Before an update: who answers, all at once; what the hosts have, so that the engine's state is right; a fresh slot for an
 * application that hangs, and what somebody changed there, which no plan would see. Throws where a host has to take part and does not answer.
 */
export async function prepareUpdate(wish: Wish, environment: Environment): Promise<Prepared> {
  const declared = readDeclared(wish.stack);
  // What is wrong with the settings is for the program to say.
  if (declared === undefined) return { environment, exclusions: [], resources: [] };
  const [resources] = await Promise.all([
    readStateAside(wish.stack, environment),
    requireApplication({
      ...declared.app,
      appFolder: declared.app.folder,
      onProgress: (line) => process.stderr.write(`portico: ${line}\n`),
    }),
  ]);
  return Hosts.in(resources, (hosts) => prepareHosts(hosts, wish, declared, environment));
}

async function prepareHosts(hosts: Hosts, wish: Wish, declared: Declared, environment: Environment): Promise<Prepared> {
  const names = hosts.names.filter((name) =>
    declared.hosts.some((host) => host.name === name && isReachedAsBefore(host, hosts.connectionOf(name))),
  );
  const { silent, ...found } = await surveyHosts(hosts, names);
  const missed = silent.filter((silence) => isMissed(hosts, wish, declared, silence, environment));
  const { applicationHosts, balancer } = hosts;
  const { leaveOut, boot } = planParticipants({
    ...wish,
    target: declared.target,
    applicationHosts,
    balancer,
    declared: names,
    silent: missed,
  });
  boot.forEach((host) => process.stdout.write(`portico: ${host} does not answer; this update boots it again\n`));
  const present = names.filter((name) => silent.every(({ host }) => host !== name) && !leaveOut.includes(name));
  await putRight(hosts, present, found, wish.stack, environment);
  await moveHosts(hosts, "drain", leaveOut, `left out of an update by ${currentAuthor().who}`);
  return {
    environment: {
      ...environment,
      ...(leaveOut.length > 0 && { [leftOutVariable]: leaveOut.join(",") }),
      ...(boot.length > 0 && { [silentVariable]: boot.join(",") }),
    },
    resources: hosts.resources,
    exclusions: exclusionsOf(
      leaveOut,
      hosts.names,
      hosts.resources.map(({ urn }) => urn),
    ),
  };
}

/** Whether an update that needs the host cannot do: one that looks for lost machines makes it anew, one with another login key may get in. */
function isMissed(
  hosts: Hosts,
  { stack, refresh }: Wish,
  { target }: Declared,
  silence: Silence,
  environment: Environment,
): boolean {
  if (target === "aws") return !refresh;
  if (target === "local" || !refusesUs(silence)) return true;
  return (
    callEngine(["config", "get", "loginKey", "--stack", stack], environment).trim() ===
    hosts.connectionOf(silence.host).privateKey.trim()
  );
}

async function putRight(
  hosts: Hosts,
  present: readonly string[],
  found: Pick<Survey, "reports" | "checked">,
  stack: string,
  environment: Environment,
): Promise<void> {
  const takesPart = ({ host }: { host: string }) => present.includes(host);
  const [reports, checked] = [found.reports.filter(takesPart), found.checked.filter(takesPart)];
  const untrue = findUntrue(hosts, reports);
  untrue.forEach(({ host, has }) =>
    process.stdout.write(
      `portico: ${host} has ${has ?? "other files"}, not what the last update gave it; this one gives it again\n`,
    ),
  );
  markUntrue(hosts, untrue, stack, environment);
  const hanging = reports.filter(({ hangs }) => hangs !== undefined);
  for (const { host, hangs } of hanging) await healHang(hosts, host, hangs!);
  planHealing(hosts, hanging.length === 0 ? checked : await lookForChanges(hosts, present), stack, environment);
}

/** Otherwise it is another host by now, which the update examines and sets up. */
function isReachedAsBefore({ connection }: DeclaredHost, { host, port, user, hostKey }: SshConnection): boolean {
  return connection === undefined || JSON.stringify(connection) === JSON.stringify({ host, port, user, hostKey });
}

/** A failure is reported and no reason to stop: the update may bring what mends it, and the end of it is checked. */
async function healHang(hosts: Hosts, host: string, hangs: string): Promise<void> {
  process.stdout.write(`portico: the application on ${host} does not answer (${hangs}); starting it in a fresh slot\n`);
  const failure = await restartHost(hosts, host, { why: "it did not answer" });
  if (failure !== undefined) process.stderr.write(`portico: ${host}: ${failure}\n`);
}

/** All resources of the hosts that are left out. */
export function exclusionsOf(leaveOut: readonly string[], hosts: readonly string[], urns: readonly string[]): string[] {
  const excluded = urns.filter((urn) => leaveOut.includes(ownerOf(nameOf({ urn }), hosts) ?? ""));
  return excluded.flatMap((urn) => ["--exclude", urn]);
}
