import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { contract } from "../../../lib/base/contract";
import { shellWord } from "../../../lib/base/shellWords";
import { dataPath } from "../../../lib/hostFiles/nginx/media";
import { withTunnels } from "../aws/tunnels";
import { stackEnvironment } from "../base/engine";
import { runMain, UsageError } from "../base/main";
import { readStackAndHost } from "../base/stackAndHost";
import { Hosts } from "../hosts/hosts";
import { chooseHost } from "../hosts/oneHost";

const usage = "usage: bin/data [STACK] pull|push [--host NAME] DATA [FOLDER]";
const directions = ["pull", "push"] as const;

interface Copy {
  direction: (typeof directions)[number];
  /** The name in app.data. */
  data: string;
  /** The folder on this computer. */
  folder: string;
}

/** Copies a folder of app.data from a host, or to it, as the application's user in the sandbox of the release that serves. */
async function data(words: string[]): Promise<number> {
  const at = words.findIndex((word) => directions.some((direction) => direction === word));
  if (at < 0 || at > 1) throw new UsageError(usage);
  const { place, host } = splitHost(words.slice(at + 1));
  const [name, folder = name, ...rest] = place;
  if (name === undefined || rest.length > 0 || place.some((word) => word.startsWith("-"))) throw new UsageError(usage);
  const { stack, wanted } = readStackAndHost([...words.slice(0, at), ...host], usage);
  const copy = checked({ direction: words[at] as Copy["direction"], data: name, folder: folder! });
  const environment = stackEnvironment(stack);
  const act = async (hosts: Hosts) => {
    if (wanted === undefined && hosts.applicationHosts.length > 1)
      throw new Error(
        `--host: got nothing; allowed: ${hosts.applicationHosts.join(", ")}; each has data of its own: name the one that is meant`,
      );
    const host = await chooseHost(hosts, stack, wanted);
    await requireData(hosts, host, copy.data);
    return transfer(hosts, host, copy);
  };
  return withTunnels(stack, environment, () => Hosts.use(stack, environment, act), { share: true });
}

function splitHost(words: readonly string[]): { place: string[]; host: string[] } {
  const at = words.indexOf("--host");
  if (at < 0) return { place: [...words], host: [] };
  return { place: [...words.slice(0, at), ...words.slice(at + 2)], host: words.slice(at, at + 2) };
}

/** A folder that is to be pushed is there. */
function checked(copy: Copy): Copy {
  dataPath(copy.data);
  if (copy.direction === "push" && (!existsSync(copy.folder) || !statSync(copy.folder).isDirectory()))
    throw new Error(`FOLDER: got ${copy.folder}; allowed: a folder that exists; nothing was copied`);
  return copy;
}

/** A host that has never heard of a folder would leave it to tar to say so, with one of the copy made already. */
async function requireData(hosts: Hosts, host: string, data: string): Promise<void> {
  const [answer] = await hosts.call([host], "status", {});
  const there = Object.keys(answer?.result?.data ?? {});
  if (answer?.result !== undefined && !there.includes(data))
    throw new Error(
      `DATA: got ${data}; allowed: ${there.join(", ") || "none"}, which ${host} has; name one of app.data; nothing was copied`,
    );
}

/** On both sides what is there stays, but for files of the same name; nobody's owner or rights are taken over. */
const unpackOptions = ["--extract", "--no-same-owner", "--no-same-permissions", "--no-overwrite-dir"];

async function transfer(hosts: Hosts, host: string, { direction, data, folder }: Copy): Promise<number> {
  const place = dataPath(data);
  const onHost = (words: readonly string[]) => [contract.paths.command, "run", "--", ...words.map(shellWord)];
  const pack = (from: string) => ["tar", "--create", "--file=-", `--directory=${from}`, "."];
  const unpack = (into: string) => ["tar", ...unpackOptions, "--file=-", `--directory=${into}`];
  const here = (words: readonly string[], stdio: ("inherit" | "pipe")[]) =>
    spawn(words[0]!, words.slice(1), { stdio: [...stdio, "inherit"] });
  if (direction === "pull") mkdirSync(folder, { recursive: true });
  process.stderr.write(`portico: ${direction} of ${data} on ${host}\n`);
  const [from, into] =
    direction === "pull"
      ? [
          hosts.start(host, onHost(pack(place)), ["ignore", "pipe", "inherit"]),
          here(unpack(folder), ["pipe", "inherit"]),
        ]
      : [
          here(pack(folder), ["inherit", "pipe"]),
          hosts.start(host, onHost(unpack(place)), ["pipe", "inherit", "inherit"]),
        ];
  from.stdout!.pipe(into.stdin!);
  // Whoever reads says why it ended.
  into.stdin!.on("error", () => from.stdout!.destroy());
  // For both of them; here it would leave keys behind.
  process.on("SIGINT", () => undefined);
  const codes = await Promise.all([from, into].map(endOf));
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.stderr.write("portico: the copy is not complete; what was there before stays\n");
  return failed ?? 0;
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

runMain(data);
