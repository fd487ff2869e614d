import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { contract } from "../../../lib/base/contract";
import type { CommandName, HostCommands } from "../../../lib/hosts/protocol";
import type { Silence } from "../../../lib/rollout/operations";
import { sshWords, type SshConnection } from "../../../lib/base/ssh";
import type { Environment } from "../base/engine";
import { HostsInState } from "../state/hostsInState";
import { readState } from "../state/stackState";

export type { Silence };

export interface HostAnswer<T> {
  host: string;
  /** What the host program printed, read as JSON; undefined when it failed. */
  result: T | undefined;
  /** Its words, and what went wrong. */
  complaint: string;
  /** The host runs a version of the host program without the command; its next update brings it. */
  unknown: boolean;
}

export interface CallOptions {
  /** Limit for the whole call. Default: longer than any command of the host program may take. */
  seconds?: number;
  /** Exit codes that come with a result. Default: 0. */
  answers?: readonly number[];
}

/** Whether a host that lets nobody in is there and does not take our key. */
export function refusesUs({ complaint }: Silence): boolean {
  return /permission denied|too many authentication/i.test(complaint);
}

const installedProgram = contract.paths.command;
/** How long a host may take to let us in. */
const contactSeconds = 8;
/** Longer than any command of the host program may take. */
const callSeconds = 600;
/** Exit codes of the host program: for an unknown command, and for one that ended well. */
const { wrongCall, done } = contract.exitCodes;

/**
 * The hosts of a stack, reached as the engine reaches them: the same keys, the same pinned host keys, out of its state.
 * The login key lies in a private folder for as long as this object lives.
 */
export class Hosts extends HostsInState {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "portico-hosts-"));

  /** Opens the hosts of a stack for `act`, and takes the keys away afterwards. */
  static async use<T>(stack: string, environment: Environment, act: (hosts: Hosts) => Promise<T>): Promise<T> {
    const hosts = new Hosts(readState(stack, environment));
    const clean = () => rmSync(hosts.folder, { recursive: true, force: true });
    process.once("exit", clean);
    try {
      return await act(hosts);
    } finally {
      clean();
      process.off("exit", clean);
    }
  }

  /** How this computer reaches a host. */
  connectionOf(name: string): SshConnection {
    return this.connections.get(name)!;
  }

  /** Which of the hosts let nobody in: all are tried at once, with a real login and a limit. */
  async findSilent(names: readonly string[] = this.names): Promise<Silence[]> {
    const tries = await Promise.all(
      names.map(async (host) => ({ host, ...(await this.run(host, ["true"], "", contactSeconds)) })),
    );
    return tries.filter(({ code }) => code !== 0).map(({ host, complaint }) => ({ host, complaint: complaint.trim() }));
  }

  /** Runs a command of the host program on several hosts at once. */
  call<Name extends CommandName>(
    names: readonly string[],
    command: Name,
    input: HostCommands[Name]["input"],
    options: CallOptions = {},
  ): Promise<HostAnswer<HostCommands[Name]["output"]>[]> {
    return Promise.all(names.map((name) => this.callOne<HostCommands[Name]["output"]>(name, command, input, options)));
  }

  private async callOne<T>(
    host: string,
    command: CommandName,
    input: unknown,
    { seconds = callSeconds, answers = [done] }: CallOptions,
  ): Promise<HostAnswer<T>> {
    const { code, stdout, complaint } = await this.run(
      host,
      ["sudo", "-n", installedProgram, command],
      JSON.stringify(input),
      seconds,
    );
    const unknown = code === wrongCall && complaint.includes(`command: got ${command};`);
    if (!answers.includes(code ?? -1))
      return { host, result: undefined, complaint: complaint || `exit code ${code}`, unknown };
    try {
      return { host, result: JSON.parse(stdout) as T, complaint, unknown };
    } catch {
      return { host, result: undefined, complaint: `${complaint}its answer is no JSON`, unknown };
    }
  }

  private run(
    name: string,
    command: readonly string[],
    input: string,
    seconds: number,
  ): Promise<{ code: number | null; stdout: string; complaint: string }> {
    const child = spawn("ssh", sshWords(this.folder, name, this.connections.get(name)!, command), {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const answer = { stdout: "", complaint: "" };
    let late = false;
    const limit = setTimeout(() => (late = child.kill("SIGKILL")), seconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => (answer.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (answer.complaint += chunk.toString()));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.on("error", (error) => resolve({ ...answer, code: null, complaint: error.message }));
      child.on("close", (code) => {
        clearTimeout(limit);
        resolve({
          ...answer,
          code,
          complaint: late ? `${answer.complaint}no end within ${seconds} s` : answer.complaint,
        });
      });
    });
  }
}
