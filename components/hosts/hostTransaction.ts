import { basename } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentAuthor } from "../../lib/stack/author";
import type { Bundle } from "../../lib/bundle";
import { callHostProgram, callSeconds, installPackages, type HostProgramCommand } from "../../lib/hosts/commands";
import type { HostCommands, StageInput, Staged, VisitPaths } from "../../lib/hosts/protocol";
import { incomingFolder } from "../../lib/hosts/wellKnown";
import type { Effect } from "../../lib/hostFiles/hostFile";
import type { Release } from "../../lib/release";
import type { WheelTarget } from "../../lib/release/python/platformTags";
import type { HostStep } from "../../lib/stack/resourceNames";
import type { Machine } from "./machine";
import type { RemoteHost } from "./remoteHost";

const callMinutes = 10;

export type { VisitPaths };

/** A file whose content is known only to the engine, or secret: it travels on standard input. */
export interface SecretFile {
  path: string;
  mode: string;
  owner: string;
  group: string;
  effect: Effect;
  content: pulumi.Input<string>;
}

export interface HostContents {
  bundle: Bundle;
  /** Absent on a host without the application. */
  release?: Release;
  /** What the host runs, where it has a release. */
  target?: WheelTarget;
  secretFiles: SecretFile[];
  /** Secrets of the application by name. */
  secrets: Record<string, pulumi.Input<string>>;
  /** Who deploys, for the history that the host keeps. */
  author: pulumi.Input<DeploymentAuthor>;
}

/** A host on which a state was staged: what the later steps need of it. */
export interface StagedHost {
  host: RemoteHost;
  bundle: Bundle;
  staged: remote.Command;
}

/** Brings bundle and release to the host and stages them there: checked and rehearsed, nothing that serves is touched. */
export function stageHost(host: RemoteHost, contents: HostContents): remote.Command {
  const { bundle, release, target, secretFiles, secrets, author } = contents;
  const packages = host.run("packages", {
    command: installPackages(bundle.needs),
    dependsOn: [host.ready],
    minutes: callMinutes,
  });
  const copies: remote.CopyToRemote[] = [];
  const copy = (step: HostStep, source: string) => {
    const remotePath = `${incomingFolder}/${basename(source)}`;
    copies.push(host.copy(step, { source, remotePath }));
    return remotePath;
  };
  copy("bundle", bundle.path);
  const input = {
    release: release?.id ?? null,
    archive: release ? copy("release", release.applicationPath) : null,
    // A resource of its own: it is copied when the lock changes, and no release of the application alone does that.
    wheels: release && target ? copy("wheels", release.wheelsPath(target)) : null,
    secretFiles,
    secrets,
    author,
  } satisfies { [Key in keyof StageInput]: pulumi.Input<unknown> };
  return call(host, bundle, "stage", {
    input: pulumi.secret(pulumi.jsonStringify(input)),
    dependsOn: [host.ready, packages, ...copies],
  });
}

/** Runs the release's migration in its sandbox, on one host, unless it has run there for this release. */
export function migrateOnce(
  { host, bundle, staged }: StagedHost,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): remote.Command {
  return call(host, bundle, "migrate", { input: staged.stdout, dependsOn, parent });
}

/** Makes a balancer trust the authority of what was staged, where it does not yet. */
export function trustAuthority(
  { host, bundle, staged }: StagedHost,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): remote.Command {
  return call(host, bundle, "trust", { input: staged.stdout, dependsOn: [staged, ...dependsOn], parent });
}

export interface ActivationArgs {
  leaseSeconds: number;
  dependsOn: pulumi.Resource[];
}

/** Makes serve what was staged, until the lease ends; puts the host back and fails when it does not answer. */
export function activateHost(
  { host, bundle, staged }: StagedHost,
  { leaseSeconds, dependsOn }: ActivationArgs,
  parent: pulumi.Resource,
): remote.Command {
  const input = staged.stdout.apply((line) => inputOf<"activate">({ ...stagedIn(line), leaseSeconds }));
  return call(host, bundle, "activate", { input, dependsOn: [staged, ...dependsOn], parent });
}

/** Ends the lease: the host keeps what it serves. One that went back meanwhile is activated again first. */
export function confirmHost(
  { host, bundle, staged }: StagedHost,
  activated: remote.Command,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): remote.Command {
  const input = pulumi
    .all([staged.stdout, activated.stdout])
    .apply(([line, result]) => inputOf<"confirm">({ ...stagedIn(line), activated: result }));
  return call(host, bundle, "confirm", { input, dependsOn, parent });
}

/**
 * Checks the application hosts of a batch by requests as the balancer sends them now, and the site through it: one call for all of
 * them, named after the first.
 */
export function gateHosts(
  balancer: StagedHost,
  machines: readonly Pick<Machine, "name" | "address">[],
  after: remote.Command[],
  parent: pulumi.Resource,
): remote.Command {
  const asked = pulumi.output(machines.map(({ name, address }) => ({ name, address })));
  const input = pulumi
    .all([balancer.staged.stdout, asked, pulumi.all(after.map(({ stdout }) => stdout))])
    .apply(([line, hosts, activated]) => inputOf<"gate">({ ...stagedIn(line), hosts, activated }));
  return call(
    balancer.host,
    balancer.bundle,
    "gate",
    { input, dependsOn: [balancer.staged, ...after], parent },
    `gate-${machines[0]!.name}`,
  );
}

/** Requests the site as a visitor does, through the balancer, when all of `after` are done. */
export function visitSite(
  { host, bundle, staged }: StagedHost,
  paths: VisitPaths,
  after: remote.Command[],
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): remote.Command {
  const input = pulumi
    .all([staged.stdout, pulumi.all(after.map(({ stdout }) => stdout))])
    .apply(([line, results]) => inputOf<"visit">({ ...stagedIn(line), paths, activated: results }));
  return call(host, bundle, "visit", { input, dependsOn: [staged, ...after, ...dependsOn], parent });
}

function stagedIn(line: string): Staged {
  return JSON.parse(line) as Staged;
}

function inputOf<Name extends HostProgramCommand>(input: HostCommands[Name]["input"]): string {
  return JSON.stringify(input);
}

interface Call {
  input: pulumi.Input<string>;
  dependsOn: pulumi.Resource[];
  parent?: pulumi.Resource;
}

function call(
  host: RemoteHost,
  bundle: Bundle,
  command: HostProgramCommand,
  { input, dependsOn, parent }: Call,
  step: HostStep = command,
): remote.Command {
  const text = callHostProgram({ bundle: bundle.name, sha256: bundle.sha256, command, seconds: callSeconds });
  return host.run(step, { command: text, input, dependsOn, minutes: callMinutes, parent });
}
