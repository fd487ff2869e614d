import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../lib/bundle";
import { callHostProgram, incomingFolder } from "../lib/hostCommands";
import type { Effect } from "../lib/hostFile";
import type { Release } from "../lib/release";
import type { RemoteHost } from "./remoteHost";

/** Limit for one call of the host program; its own limits are shorter and tell more. */
const callSeconds = 540;
const callMinutes = 10;

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
  secretFiles: SecretFile[];
  /** Secrets of the application by name. */
  secrets: Record<string, pulumi.Input<string>>;
}

/** Brings bundle and release to the host and stages them there: checked and rehearsed, nothing that serves is touched. */
export function stageHost(host: RemoteHost, { bundle, release, secretFiles, secrets }: HostContents): remote.Command {
  const copies = [host.copy("bundle", { source: bundle.path, remotePath: `${incomingFolder}/${bundle.name}` })];
  const archive = release && `${incomingFolder}/release-${release.id}.tar.gz`;
  if (release && archive) copies.push(host.copy("release", { source: release.archivePath, remotePath: archive }));
  const input = { release: release?.id ?? null, archive: archive ?? null, secretFiles, secrets };
  return host.run("stage", {
    command: callHostProgram({ bundle: bundle.name, sha256: bundle.sha256, command: "stage", seconds: callSeconds }),
    input: pulumi.secret(pulumi.jsonStringify(input)),
    dependsOn: [host.ready, ...copies],
    minutes: callMinutes,
  });
}

/** Makes serve what was staged; puts the host back and fails when it does not answer. Waits for all of `dependsOn`. */
export function activateHost(host: RemoteHost, bundle: Bundle, staged: remote.Command, dependsOn: pulumi.Resource[]): remote.Command {
  return host.run("activate", {
    command: callHostProgram({ bundle: bundle.name, sha256: bundle.sha256, command: "activate", seconds: callSeconds }),
    input: staged.stdout,
    dependsOn: [staged, ...dependsOn],
    minutes: callMinutes,
  });
}
