import { queryPackaging } from "./packagingOnce";
import type { ExecFileSyncOptions } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { sha256 } from "../../lib/base/digest";
import type { Lock } from "../../lib/release/python/requirements";
import type { Wheel } from "../../lib/release/python/wheelCache";
import type { Obstacle } from "../../lib/targets/local/userNamespaces";
import { usualAws, type AwsAnswers } from "./awsMocks";
import { mockProviders } from "./providerMocks";
import { Recording } from "./recording";
import { RecordingMonitor } from "./recordingMonitor";
import { engineConfig, type StackFile } from "./stackFile";

export interface ProgramRun {
  /** The stack file. */
  file: StackFile;
  /** Secrets of the stack file in clear, by full key: encrypted there, told to the program like the rest. */
  secrets?: Record<string, string>;
  stack?: string;
  preview?: boolean;
  /** What this computer looks like at plan time; by default every machine lives and the range is free. */
  computer?: Partial<Computer>;
  /** The output `history` that the stack's last update left; none when absent, as for a stack that is new. */
  history?: unknown;
  /** The output `authorityGeneration` of the last update. */
  previousGeneration?: number;
  /** The output `place` of the last update. */
  previousPlace?: unknown;
  /** Whom CI names as the one who runs the program; null outside of CI. */
  person?: string | null;
  /** Folder of the repository that the program is a checkout of; by default there is none. */
  repository?: string;
  /** What commands print on standard output, by label; by default one made-up line each. */
  prints?: Record<string, string>;
  /** What AWS knows; by default an image and a size of the usual kind, subnets in several zones, and the zone example.com. */
  aws?: Partial<AwsAnswers>;
  /** Ids of resources that were made anew, by label. */
  ids?: Record<string, string>;
  /** For proofs that a leak is found: an engine that takes every output for a plain one. */
  forgetsSecrets?: boolean;
}

/** All that the program observes at plan time. */
interface Computer {
  /** Incarnation of a machine by its name. */
  machine(name: string): string;
  /** What keeps the address range from being used. */
  rangeProblem: string | undefined;
  /** What keeps machines from having users of their own. */
  namespaceObstacle?: Obstacle;
}

// The SDK takes functions apart with these, to run them elsewhere. The program has no such function, and loading them is half of a start.
jest.mock("@npmcli/arborist", () => ({}));
jest.mock("typescript", () => ({}));

const childProcess = jest.requireActual<typeof import("node:child_process")>("node:child_process");
const project = "portico";
const organization = "organization";
const livingComputer: Computer = { machine: incarnationOf, rangeProblem: undefined };

/** What is observed of a machine that lives. */
export function incarnationOf(machine: string): string {
  return `incarnation of ${machine}`;
}

/**
 * Runs the whole program, index.ts, for a stack file, and records what it registers. Only what is outside the
 * program is replaced: providers, packages of the application, machines of this computer. State goes to `folder`.
 */
export class Program {
  private computer: Computer = livingComputer;
  private repository: string | undefined;

  constructor(private readonly folder: string) {
    const actual = jest.requireActual<object>("../../lib/targets/local/machineState");
    jest.doMock("../../lib/targets/local/machineState", () => ({
      ...actual,
      readMachineState: (directory: string) => this.computer.machine(directory.split("/").at(-1)!),
      readNetworkState: () => "bridge that is there",
      findRangeConflict: () => this.computer.rangeProblem,
    }));
    jest.doMock("../../lib/targets/local/userNamespaces", () => ({
      findNamespaceObstacle: () => this.computer.namespaceObstacle,
    }));
    jest.doMock("../../lib/release/python/distributions", () => ({ queryPackaging }));
    jest.doMock("../../lib/release/python/wheels", () => ({ fetchWheels: emptyWheels }));
    jest.doMock("node:child_process", () => ({ ...childProcess, execFileSync: this.execute.bind(this) }));
  }

  /** A run that must succeed. */
  async run(run: ProgramRun): Promise<Recording> {
    const recording = await this.attempt(run);
    if (recording.error !== undefined) throw recording.error;
    return recording;
  }

  /** A run that may fail; two resources of one name are a failure, as the engine has it. */
  async attempt({ file, secrets = {}, stack = "dev", preview = false, ...run }: ProgramRun): Promise<Recording> {
    this.computer = { ...livingComputer, ...run.computer };
    process.env.PORTICO_STATE_DIR = this.folder;
    this.repository = run.repository;
    actAs(run.person === undefined ? "somebody" : run.person);
    process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
    configure(engineConfig({ ...file, ...secrets }), Object.keys(secrets));
    const monitor = new RecordingMonitor();
    const secretOutputs = (type: string, name: string) => (run.forgetsSecrets ? [] : monitor.secretOutputs(type, name));
    const self = { name: `${organization}/${project}/${stack}`, outputs: previousOutputs(run) };
    await pulumi.runtime.setMocks(
      mockProviders({
        preview,
        secretOutputs,
        prints: run.prints ?? {},
        aws: { ...usualAws, ...run.aws },
        ids: run.ids ?? {},
        self,
      }),
      project,
      stack,
      preview,
      organization,
    );
    monitor.listen();
    const { error, messages } = await listening(runToTheEnd);
    const duplicates = monitor.duplicates();
    const failure = duplicates.length > 0 ? new Error(`two resources are called ${duplicates.join(", ")}`) : error;
    return new Recording(monitor.recorded(), monitor.recordedOutputs(), failure, messages);
  }

  /** Git looks at the repository of the run, where the program believes to be. */
  private execute(command: string, words: string[], options: ExecFileSyncOptions): string | Buffer {
    if (command !== "git")
      throw new Error(`${command}: got a program to run at plan time; allowed: git; mock what it tells`);
    if (this.repository === undefined) throw new Error("not a git repository");
    return childProcess.execFileSync(command, words, { ...options, cwd: this.repository });
  }
}

function previousOutputs({
  history,
  previousGeneration,
  previousPlace,
}: Pick<ProgramRun, "history" | "previousGeneration" | "previousPlace">): Record<string, unknown> {
  const outputs = { history, authorityGeneration: previousGeneration, place: previousPlace };
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

/** CI names the person in the environment. */
function actAs(person: string | null): void {
  delete process.env.GITHUB_ACTOR;
  delete process.env.GITLAB_USER_LOGIN;
  if (person !== null) process.env.GITHUB_ACTOR = person;
}

/** The SDK keeps the configuration to itself; which keys are encrypted stands in the environment alone. */
function configure(config: Record<string, string>, secretKeys: string[]): void {
  pulumi.runtime.setAllConfig(config, secretKeys);
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secretKeys);
}

/**
 * The program is loaded after the mocks, as the SDK demands. What it throws is kept from the SDK, which would
 * leave rejections of the same reason to the process.
 */
async function runToTheEnd(): Promise<unknown> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded before the mocks
  const declareStack = require("../../index") as typeof import("../../index");
  let error: unknown;
  await pulumi.runtime.runInPulumiStack(() =>
    declareStack().catch((reason: unknown) => {
      error = reason;
    }),
  );
  await pulumi.runtime.disconnect();
  return error;
}

/** Without an engine the SDK prints its messages. */
async function listening(run: () => Promise<unknown>): Promise<{ error: unknown; messages: string[] }> {
  const messages: string[] = [];
  const take = (message?: unknown) => {
    messages.push(String(message));
  };
  const spies = [jest.spyOn(console, "log"), jest.spyOn(console, "warn"), jest.spyOn(console, "error")];
  spies.forEach((spy) => spy.mockImplementation(take));
  const restoreStacks = withoutStacks();
  try {
    return { error: await run(), messages };
  } finally {
    restoreStacks();
    spies.forEach((spy) => spy.mockRestore());
  }
}

/** The SDK reads the stack at every resource and promise; mapping each frame to its source, as Jest does, is most of a run. */
function withoutStacks(): () => void {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Object.assign(Error, { prepareStackTrace: String, stackTraceLimit: 0 });
  return () => void Object.assign(Error, { prepareStackTrace, stackTraceLimit });
}

/** A wheel without content for each requirement: which ones there are makes a release, not what is in them. */
function emptyWheels({ requirements }: Lock): Promise<Wheel[]> {
  return Promise.resolve(
    requirements.map((requirement) => ({
      name: `${requirement.name}-${requirement.version}-py3-none-any.whl`,
      requirement,
      path: "/dev/null",
      size: 0,
      sha256: sha256(""),
    })),
  );
}
