import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { HostFile } from "../../lib/hostFiles/hostFile";

export interface Answer {
  status: number | null;
  stdout: string;
  stderr: string;
}

/**
 * A host's rendered files, unchanged and at their real paths, over a whole system: this computer or an unpacked
 * image. It lives in mount and network namespaces of its own, so paths and ports touch nothing outside.
 */
export class TestHost {
  private readonly running: ChildProcess[] = [];

  private constructor(
    private readonly keeper: ChildProcess,
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** @param base root of a system, `/` for this computer; `PARTS:/` lays other parts over it */
  static async lay(base: string, files: readonly HostFile[]): Promise<TestHost> {
    const folder = mkdtempSync(join(tmpdir(), "portico-tree-"));
    const sockets = join(folder, "sockets");
    writeTree(join(folder, "tree"), files);
    mkdirSync(sockets);
    chmodSync(sockets, 0o755);
    const keeper = spawn("unshare", [
      "--mount",
      "--net",
      join(__dirname, "enterHost.sh"),
      base,
      join(folder, "tree"),
      sockets,
    ]);
    let complaint = "";
    keeper.stderr.on("data", (text) => (complaint += text));
    const [first] = await Promise.race([once(keeper.stdout, "data"), once(keeper, "exit").then(() => [""])]);
    if (String(first) === "") throw new Error(`cannot enter a host: ${complaint}`);
    return new TestHost(keeper, String(first).trim(), folder);
  }

  /** Folder that is /run/portico on the host. */
  get sockets(): string {
    return join(this.folder, "sockets");
  }

  get networkNamespace(): number {
    return this.keeper.pid!;
  }

  /** Runs a command on the host. */
  run(command: readonly string[], input = ""): Promise<Answer> {
    return answerOf(spawn(...this.entering(command)), input);
  }

  /** Runs a command of this computer in the host's network. */
  runInNetwork(command: readonly string[], input = ""): Promise<Answer> {
    return answerOf(this.startInNetwork(command), input);
  }

  /** Starts a command of this computer in the host's network. */
  startInNetwork(command: readonly string[]): ChildProcess {
    return this.remember(spawn("nsenter", [`--net=/proc/${this.keeper.pid}/ns/net`, "--", ...command]));
  }

  /** Starts a command that stays; `stop` ends it. */
  start(command: readonly string[]): ChildProcess {
    return this.remember(spawn(...this.entering(command)));
  }

  /** Ends what runs on the host; its network stays. */
  async stopPrograms(): Promise<void> {
    for (const child of this.running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }

  async stop(): Promise<void> {
    await this.stopPrograms();
    this.keeper.stdin!.end();
    await once(this.keeper, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private remember(child: ChildProcess): ChildProcess {
    this.running.push(child);
    return child;
  }

  private entering(command: readonly string[]): [string, string[]] {
    return ["nsenter", [`--target=${this.keeper.pid}`, "--mount", "--net", "--", "chroot", this.root, ...command]];
  }
}

async function answerOf(child: ChildProcess, input: string): Promise<Answer> {
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text) => (stdout += text));
  child.stderr!.on("data", (text) => (stderr += text));
  // A command may end without reading all of it.
  child.stdin!.on("error", () => undefined);
  child.stdin!.end(input);
  const [status] = await once(child, "close");
  return { status, stdout, stderr };
}

/** The same on every Debian system. */
const ids: Record<string, number> = { root: 0, "www-data": 33 };

/** Writes the files below `folder`, with their modes, owners and groups. */
export function writeTree(folder: string, files: readonly HostFile[]): void {
  for (const { path, content, mode, owner, group } of files) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    chmodSync(place, Number.parseInt(mode, 8));
    chownSync(place, ids[owner] ?? 0, ids[group] ?? 0);
  }
}
