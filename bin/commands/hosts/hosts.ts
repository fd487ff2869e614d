import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { contract } from "../../../lib/base/contract";
import type { CommandName, HostCommands } from "../../../lib/hosts/protocol";
import type { Silence } from "../../../lib/rollout/operations";
import { printable } from "../../../lib/base/printable";
import { sshWords, type SshConnection } from "../../../lib/base/ssh";
import type { Environment } from "../base/engine";
import { readAnswerLine } from "./answer";
import { HostsInState } from "../state/hostsInState";
import { readState, type StateResource } from "../state/stackState";

export type { Silence };

export interface HostAnswer<T> {
  host: string;
  /** What the host program printed, read as JSON; undefined when it failed. */
  result: T | undefined;
  /** Its words, and what went wrong. */
  complaint: string;
  /** The host runs a version of the host program without the command; its next update brings it. */
  unknown: boolean;
  /** Whether the host let us in, whatever became of the command. */
  letIn: boolean;
}

export interface CallOptions {
  /** Limit for the whole call. Default: longer than any command of the host program may take. */
  seconds?: number;
  /** Exit codes that come with a result. Default: 0. */
  answers?: readonly number[];
}

interface Call {
  command: readonly string[];
  input: string;
  /** Limit for the whole call. */
  seconds: number;
}

interface Ended {
  code: number | null;
  stdout: string;
  complaint: string;
  /** Whether the host let us in, whatever became of the command. */
  letIn: boolean;
}

/** Whether a host that lets nobody in is there and does not take our key. */
export function refusesUs({ complaint }: Silence): boolean {
  return /permission denied|too many authentication/i.test(complaint);
}

/** Those of some calls that let nobody in. */
export function silentAmong(calls: readonly { host: string; letIn: boolean; complaint: string }[]): Silence[] {
  return calls.filter(({ letIn }) => !letIn).map(({ host, complaint }) => ({ host, complaint: complaint.trim() }));
}

const installedProgram = contract.paths.command;
/** How long a host may take to let us in. */
const contactSeconds = 8;
/** What a host says first when it has let us in. */
const letInLine = "portico-in";
/** Longer than any command of the host program may take. */
const callSeconds = 600;
/** How ssh ends where it has no connection, or loses it. */
export const sshFailed = 255;
/** Exit codes of the host program: for an unknown command, and for one that ended well. */
const { wrongCall, done } = contract.exitCodes;

/**
 * The hosts of a stack, reached as the engine reaches them: the same keys, the same pinned host keys, out of its state.
 * The login key lies in a private folder for as long as this object lives.
 */
export class Hosts extends HostsInState {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "portico-hosts-"));

  /** Opens the hosts of a stack for `act`, and takes the keys away afterwards. */
  static use<T>(stack: string, environment: Environment, act: (hosts: Hosts) => Promise<T>): Promise<T> {
    return Hosts.in(readState(stack, environment), act);
  }

  /** The same for a state that was read already. */
  static async in<T>(resources: readonly StateResource[], act: (hosts: Hosts) => Promise<T>): Promise<T> {
    const hosts = new Hosts(resources);
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
    const call = { command: ["true"], input: "", seconds: contactSeconds };
    return silentAmong(await Promise.all(names.map(async (host) => ({ host, ...(await this.run(host, call)) }))));
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

  /** Runs a program as root with our own input and output, a terminal where we have one. Answers its exit code, or that of ssh. */
  attach(name: string, command: readonly string[]): Promise<number> {
    const terminal = process.stdin.isTTY && process.stdout.isTTY;
    const child = this.start(name, command, "inherit", terminal);
    // For whoever reads the terminal; here it would leave keys behind.
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    return new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? sshFailed));
    }).finally(() => process.off("SIGINT", ignore));
  }

  /** Starts a program as root whose input and output are another one's, and which has no terminal. */
  start(name: string, command: readonly string[], stdio: StdioOptions, terminal = false): ChildProcess {
    const words = sshWords(this.folder, name, this.connections.get(name)!, ["exec", "sudo", "-n", ...command]);
    return spawn("ssh", [terminal ? "-t" : "-T", ...words], { stdio });
  }

  private async callOne<T>(
    host: string,
    command: CommandName,
    input: unknown,
    { seconds = callSeconds, answers = [done] }: CallOptions,
  ): Promise<HostAnswer<T>> {
    const { code, stdout, complaint, letIn } = await this.run(host, {
      command: ["exec", "sudo", "-n", installedProgram, command],
      input: JSON.stringify(input),
      seconds,
    });
    const unknown = code === wrongCall && complaint.includes(`command: got ${command};`);
    if (!answers.includes(code ?? -1))
      return { host, result: undefined, complaint: complaint || `exit code ${code}`, unknown, letIn };
    const result = readAnswerLine<T>(stdout);
    return { host, result, complaint: result ? complaint : `${complaint}its answer is no JSON`, unknown, letIn };
  }

  /** A host that does not let us in at once is not waited for, however long the command may take. */
  private run(name: string, { command, input, seconds }: Call): Promise<Ended> {
    const words = sshWords(this.folder, name, this.connections.get(name)!, [`echo ${letInLine};`, ...command]);
    const child = spawn("ssh", words, { stdio: ["pipe", "pipe", "pipe"] });
    const answer = { stdout: "", complaint: "", letIn: false };
    let late: number | undefined;
    const endAfter = (limitSeconds: number) =>
      setTimeout(() => (late = child.kill("SIGKILL") ? limitSeconds : undefined), limitSeconds * 1000);
    let limit = endAfter(Math.min(seconds, contactSeconds));
    child.stdout.on("data", (chunk: Buffer) => {
      answer.stdout += chunk.toString();
      if (answer.letIn || !answer.stdout.startsWith(`${letInLine}\n`)) return;
      answer.letIn = true;
      answer.stdout = answer.stdout.slice(letInLine.length + 1);
      clearTimeout(limit);
      limit = endAfter(seconds);
    });
    child.stderr.on("data", (chunk: Buffer) => (answer.complaint += printable(chunk.toString())));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.on("error", (error) => {
        clearTimeout(limit);
        resolve({ ...answer, code: null, complaint: error.message });
      });
      child.on("close", (code) => {
        clearTimeout(limit);
        resolve({
          ...answer,
          code,
          complaint: late === undefined ? answer.complaint : `${answer.complaint}no end within ${late} s`,
        });
      });
    });
  }
}
