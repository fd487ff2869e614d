import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { byName } from "../../lib/resourceNames";
import { sshWords, type SshConnection } from "../../lib/ssh";
import type { Environment } from "./engine";
import { nameOf, readState, type StateResource } from "./stackState";

export interface HostAnswer<T> {
  host: string;
  /** What the host program printed, read as JSON; undefined when it failed. */
  result: T | undefined;
  /** Its words, and what went wrong. */
  complaint: string;
}

const installedProgram = "/usr/local/sbin/portico-host";

/**
 * The hosts of a stack, reached as the engine reaches them: the same keys, the same pinned host keys, out of its state.
 * The login key lies in a private folder for as long as this object lives.
 */
export class Hosts {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "portico-hosts-"));

  private constructor(
    private readonly connections: ReadonlyMap<string, SshConnection>,
    readonly resources: readonly StateResource[],
  ) {}

  /** Opens the hosts of a stack for `act`, and takes the keys away afterwards. */
  static async use<T>(stack: string, environment: Environment, act: (hosts: Hosts) => Promise<T>): Promise<T> {
    const resources = readState(stack, environment);
    const hosts = new Hosts(connectionsOf(resources), resources);
    const clean = () => rmSync(hosts.folder, { recursive: true, force: true });
    process.once("exit", clean);
    try {
      return await act(hosts);
    } finally {
      clean();
      process.off("exit", clean);
    }
  }

  /** Names of the hosts that carry the application, in the order of their names. */
  get applicationHosts(): string[] {
    const released = this.resources.filter(({ type }) => type === "command:remote:CopyToRemote").map(nameOf);
    return this.names.filter((name) => released.includes(`${name}-release`));
  }

  get names(): string[] {
    return [...this.connections.keys()].sort(byName);
  }

  /** Runs a command of the host program on several hosts at once. */
  ask<T>(names: readonly string[], command: string, input: unknown): Promise<HostAnswer<T>[]> {
    return Promise.all(names.map((name) => this.askOne<T>(name, command, input)));
  }

  private askOne<T>(name: string, command: string, input: unknown): Promise<HostAnswer<T>> {
    const child = spawn("ssh", sshWords(this.folder, name, this.connections.get(name)!, ["sudo", "-n", installedProgram, command]), { stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(input));
    return new Promise((resolve) => {
      child.on("error", (error) => resolve({ host: name, result: undefined, complaint: error.message }));
      child.on("close", (code) => resolve({ host: name, result: code === 0 ? (JSON.parse(stdout) as T) : undefined, complaint: complaint || (code === 0 ? "" : `exit code ${code}`) }));
    });
  }
}

/** Every host has one resource that waits until it can be configured; its inputs say how to reach it. */
export function connectionsOf(resources: readonly StateResource[]): Map<string, SshConnection> {
  const ready = resources.filter((resource) => resource.type === "command:remote:Command" && nameOf(resource).endsWith("-ready"));
  return new Map(ready.map((resource) => [nameOf(resource).slice(0, -"-ready".length), resource.inputs.connection as SshConnection]));
}
