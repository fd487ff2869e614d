import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyCheckout } from "./checkoutCopy";
import { run, type Run, type RunOptions } from "./run";
import { changed } from "./changedSettings";
import type { Target } from "./strictClient";

type Group = Record<string, unknown>;

const stackName = "test";
/** Another network lets a second run go on beside the first: bin/test has two lanes. */
const network = process.env.PORTICO_TEST_NETWORK ?? "10.31.65";
export const workspaceFolder = path.join(tmpdir(), `portico-machine-tests-${network}`);

/** Addresses on this computer's end of the bridge: the load is exempt from the rate limits, the others are two clients. */
export const clients = { load: `${network}.2`, greedy: `${network}.3`, modest: `${network}.4` };

/**
 * A stack of its own for the tests: a copy of the checkout in a folder of its own, with its own state, machine
 * names and address range. A stack that runs beside it is not touched.
 */
export class TestStack {
  readonly folder = workspaceFolder;
  readonly stateFolder = path.join(workspaceFolder, ".portico", stackName);
  readonly url = `https://${network}.10`;
  private settings: Record<string, Group | string> = {
    target: "local",
    app: {
      folder: "app",
      module: "portico_sample:app",
      streamPaths: ["/events"],
      generatedSecrets: ["appSecretKey"],
      secrets: ["plantedSecret"],
      startSeconds: 20,
      readySeconds: 15,
    },
    nginx: {
      rateLimits: {
        general: { requestsPerSecond: 10, burst: 20 },
        login: { paths: ["/login"] },
        exempt: [`${clients.load}/32`],
      },
    },
    local: { addressRange: `${network}.0/24` },
  };
  private secretLines = "";

  /** @param changes settings by group, on top of the tests' own */
  constructor(changes: Record<string, Group> = {}) {
    for (const [group, values] of Object.entries(changes))
      this.settings[group] = { ...(this.settings[group] as Group), ...values };
  }

  /** Makes the copy; nothing runs yet. A copy that an interrupted run left is removed first, with its machines. */
  async create(plantedSecret: string): Promise<void> {
    await removeWorkspace();
    copyCheckout(this.folder);
    await this.begin(plantedSecret);
  }

  /** Makes the stack in the files that are there. */
  async begin(plantedSecret: string): Promise<void> {
    this.writeStackFile();
    await this.pulumi(["stack", "select", "--create", stackName]);
    const set = await this.pulumi(["config", "set", "--secret", "plantedSecret"], { input: plantedSecret });
    if (set.code !== 0) throw new Error(set.output);
    this.keepSecrets();
  }

  /** A secret of the stack file, as a user sets one. */
  async setSecret(name: string, value: string): Promise<void> {
    const { code, output } = await this.pulumi(["config", "set", "--secret", name], { input: value });
    if (code !== 0) throw new Error(output);
    this.keepSecrets();
  }

  /** Secrets that nobody can decrypt any more are set anew, as in a stack that is new. */
  async resetSecrets(secrets: Record<string, string>): Promise<void> {
    this.secretLines = "";
    this.writeStackFile();
    await this.pulumi(["stack", "select", "--create", stackName]);
    for (const [name, value] of Object.entries(secrets)) await this.setSecret(name, value);
  }

  /** Sets settings by their dotted keys; answers what takes that back. */
  change(changes: Record<string, unknown>): () => void {
    const before = this.settings;
    const write = (settings: Record<string, unknown>) => {
      this.settings = settings as typeof before;
      this.writeStackFile();
    };
    write(changed(before, changes));
    return () => write(before);
  }

  /** A setting of the stack file by its dotted key. */
  given(key: string): unknown {
    return key.split(".").reduce<unknown>((group, step) => (group as Group | null | undefined)?.[step], this.settings);
  }

  /** Takes the encrypted values out of the stack file. */
  forgetSecrets(): void {
    this.secretLines = "";
    this.settings.app = { ...(this.settings.app as Group), secrets: [] };
    this.writeStackFile();
  }

  get stackFile(): string {
    return path.join(this.folder, `Pulumi.${stackName}.yaml`);
  }

  /** Changes settings of one group, for this stack only; answers what takes the change back. */
  set(group: string, values: Group): () => void {
    const before = this.settings[group] ?? {};
    const write = (value: Group | string) => {
      this.settings[group] = value;
      this.writeStackFile();
    };
    write({ ...(before as Group), ...values });
    return () => write(before);
  }

  /** Adds lines to a file of the application; answers what takes them back. */
  appendToApp(file: string, lines: string): () => void {
    return this.edit(path.join("app", file), (content) => content + lines);
  }

  /** Changes a file of the copy; answers what takes the change back. */
  edit(file: string, change: (content: string) => string): () => void {
    const target = path.join(this.folder, file);
    const before = readFileSync(target, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${file} was not changed`);
    writeFileSync(target, after);
    return () => writeFileSync(target, before);
  }

  /** A file of random bytes in the copy. */
  makeFile(name: string, megabytes: number): string {
    const target = path.join(this.folder, name);
    writeFileSync(target, randomBytes(megabytes * 1024 * 1024));
    return target;
  }

  up(options?: RunOptions): Promise<Run> {
    return this.command(["bin/up", stackName], options);
  }

  /** An update that leaves a host out. */
  upWithout(host: string): Promise<Run> {
    return this.command(["bin/up", stackName, "--without", host]);
  }

  /** An update over machines whose state is lost. */
  adopt(): Promise<Run> {
    return this.command(["bin/up", stackName, "--adopt"]);
  }

  down(...words: string[]): Promise<Run> {
    return this.command(["bin/down", stackName, ...words]);
  }

  /** Puts the application hosts on the last good release, or a named one. */
  rollback(...words: string[]): Promise<Run> {
    return this.command(["bin/rollback", stackName, ...words]);
  }

  /** Removes earlier releases with their secrets from all hosts. */
  forget(): Promise<Run> {
    return this.command(["bin/forget", stackName]);
  }

  /** Compares the hosts with what was deployed to them. */
  check(...words: string[]): Promise<Run> {
    return this.command(["bin/check", stackName, ...words]);
  }

  /** Boots hosts anew. */
  reboot(...words: string[]): Promise<Run> {
    return this.command(["bin/reboot", stackName, ...words]);
  }

  /** A command in the sandbox of the release that serves. */
  run(words: string[], options?: RunOptions): Promise<Run> {
    return this.command(["bin/run", stackName, ...words], options);
  }

  history(): Promise<Run> {
    return this.command(["bin/history", stackName]);
  }

  /** Pulumi as by hand, in the environment that bin/env prints. */
  pulumi(args: string[], options: RunOptions = {}): Promise<Run> {
    return this.command(
      ["bash", "-c", 'set -e; lines=$(bin/env "$0"); eval "$lines"; exec pulumi "$@"', stackName, ...args],
      options,
    );
  }

  get authority(): string {
    return readFileSync(path.join(this.stateFolder, "ca.crt"), "utf8");
  }

  target(client: keyof typeof clients): Target {
    return { url: this.url, ca: this.authority, localAddress: clients[client] };
  }

  /** Gives this computer's end of the bridge the clients' addresses; they go with the bridge. */
  addClients(): void {
    const bridge = readJson<{ bridge: string }>(path.join(this.stateFolder, "network.json")).bridge;
    for (const address of Object.values(clients))
      execFileSync("ip", ["address", "replace", `${address}/32`, "dev", bridge]);
  }

  /** Runs a shell script as root on a machine and answers its output. */
  onHost(machine: string, script: string, input: string | Buffer = ""): string {
    const arguments_ = ["-t", String(this.initProcess(machine)), "-a", "--", "sh", "-c", script];
    return execFileSync("nsenter", arguments_, {
      encoding: "utf8",
      input,
      env: { PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" },
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  /** The same while a load goes on, which lives in this process and may not stand still. */
  async onHostMeanwhile(machine: string, script: string, input = ""): Promise<string> {
    const arguments_ = [
      "-t",
      String(this.initProcess(machine)),
      "-a",
      "--",
      "env",
      "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
      "sh",
      "-c",
      script,
    ];
    const { code, stdout, output } = await run(["nsenter", ...arguments_], { input });
    if (code !== 0) throw new Error(output);
    return stdout;
  }

  /** A command of the engine's state: its input in the clear, and the bundle that it runs. */
  async recorded(name: string): Promise<{ bundle: string; stdin: string }> {
    const { stdout } = await this.pulumi(["stack", "export", "--show-secrets"]);
    const state = JSON.parse(stdout) as {
      deployment: { resources: { urn: string; inputs: Record<string, string | { plaintext: string }> }[] };
    };
    const inputs = state.deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))!.inputs;
    const text = (value: string | { plaintext: string }) =>
      typeof value === "string" ? value : (JSON.parse(value.plaintext) as string);
    return { bundle: /portico\/web-[0-9a-f]+\.pyz/.exec(text(inputs.create!))![0], stdin: text(inputs.stdin!) };
  }

  /** Process that runs a machine on this computer. */
  machineProcess(machine: string): number {
    return readJson<{ pid: number }>(path.join(this.stateFolder, "machines", machine, "machine.json")).pid;
  }

  /** Takes the power from a machine: what it was doing is gone, and nothing there says so to anybody. */
  async powerOff(machine: string): Promise<void> {
    const supervisor = this.machineProcess(machine);
    process.kill(this.initProcess(machine), "SIGKILL");
    await run(["tail", `--pid=${supervisor}`, "-f", "/dev/null"]);
  }

  /** Process 1 of a machine, as this computer numbers it: it holds the namespaces of the machine. */
  initProcess(machine: string): number {
    const pid = this.machineProcess(machine);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return Number(children[0]);
  }

  private writeStackFile(): void {
    const lines = Object.entries(this.settings).map(([key, value]) => `  portico:${key}: ${JSON.stringify(value)}`);
    writeFileSync(this.stackFile, ["config:", ...lines, this.secretLines, ""].join("\n"));
  }

  /** The lines of encrypted values, which only the engine can write. */
  private keepSecrets(): void {
    const lines = readFileSync(this.stackFile, "utf8").split("\n");
    this.secretLines = lines
      .filter((line, index) => /^ +secure:/.test(line) || /^ +secure:/.test(lines[index + 1] ?? ""))
      .join("\n");
  }

  private command(command: string[], options: RunOptions = {}): Promise<Run> {
    return run(command, { cwd: this.folder, env: cleanEnvironment(), ...options });
  }
}

/** Removes what a run left: the machines by the project's own means, then the copy. */
export async function removeWorkspace(): Promise<void> {
  if (!existsSync(workspaceFolder)) return;
  if (existsSync(path.join(workspaceFolder, "bin/down"))) {
    // A destroy needs no settings, and those of the interrupted run may be wrong on purpose.
    writeFileSync(path.join(workspaceFolder, `Pulumi.${stackName}.yaml`), "config: {}\n");
    const { code, output } = await run(["bin/down", stackName], { cwd: workspaceFolder, env: cleanEnvironment() });
    if (code !== 0) throw new Error(`${workspaceFolder} cannot be removed:\n${output}`);
  }
  rmSync(workspaceFolder, { recursive: true, force: true });
}

/** Without what a stack chosen by hand exported: the tests have their own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(PULUMI_|PORTICO_STATE_DIR$)/.test(key)));
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
