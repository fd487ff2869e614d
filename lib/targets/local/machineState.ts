import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** Where the observed facts are: the root folder of this computer, another one in tests. */
export interface ComputerState {
  root: string;
  /** The routes of this computer, as `ip -json -4 route show` lists them; undefined when they cannot be read. */
  routes: () => Route[] | undefined;
}

export interface Route {
  dst: string;
  dev?: string;
  type?: string;
}

interface MachineRecord {
  incarnation: string;
  pid: number;
  startTime: number;
  bootId: string;
  settings: { suite?: string };
}

interface NetworkRecord {
  bridge: string;
  incarnation: string;
  index: number;
  bootId: string;
}

const thisComputer: ComputerState = { root: "/", routes: readRoutes };

/**
 * What the plan compares: the incarnation recorded in `<directory>/machine.json` while that machine lives, else
 * a fresh token, so that a machine that is dead, gone or of another suite shows up as a change and is healed.
 * Only looks; a record that cannot be read counts as none.
 */
export function readMachineState(directory: string, suite?: string, computer: ComputerState = thisComputer): string {
  const record = readJson<MachineRecord>(path.join(directory, "machine.json"));
  const right = suite === undefined || record?.settings?.suite === suite;
  return record && right && isRunning(record, computer) ? record.incarnation : freshToken();
}

/** Whether a machine that is there was made from an image without this program, a path below its root. */
export function lacksProgram(directory: string, program: string, computer: ComputerState = thisComputer): boolean {
  const root = path.join(computer.root, directory, "root");
  return existsSync(path.join(root, "usr")) && !existsSync(path.join(root, program));
}

/** Names machines that run and let nobody in, so that they are booted again; `bin/up` sets it. */
export const silentVariable = "PORTICO_SILENT";

/** Whether a machine was found to let nobody in. */
export function isSilent(name: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment[silentVariable] ?? "").split(",").includes(name);
}

/**
 * The same for the bridge of a stack: the incarnation recorded in `<owner>/network.json` while that very bridge
 * is there, else a fresh token. A restart of this computer takes the bridge along.
 */
export function readNetworkState(owner: string, bridge: string, computer: ComputerState = thisComputer): string {
  const record = readJson<NetworkRecord>(path.join(owner, "network.json"));
  const there = record !== undefined && record.bridge === bridge && record.bootId === bootId(computer);
  return there && Number(readText(computer, `sys/class/net/${bridge}/ifindex`)) === record.index
    ? record.incarnation
    : freshToken();
}

/**
 * What keeps `addressRange` from being the network of `owner`'s machines, as the rule that it breaks; undefined
 * when nothing does. A route that leads to the bridge itself, to another bridge of the owner, or to one whose
 * owner's folder is gone does no harm.
 */
export function findRangeConflict(
  addressRange: string,
  bridge: string,
  owner: string,
  computer: ComputerState = thisComputer,
): string | undefined {
  const holder = bridgeHolder(bridge, computer);
  if (holder !== undefined && !isOurs(holder, owner)) {
    return `a stack whose bridge is free (${bridge} belongs to ${holder.slice(aliasPrefix.length) || "another program"})`;
  }
  const route = (computer.routes() ?? []).find((candidate) =>
    takesFrom(candidate, addressRange, bridge, owner, computer),
  );
  return (
    route &&
    `a private range that this computer does not route elsewhere (${route.dst} goes to ${route.dev ?? route.type})`
  );
}

const aliasPrefix = "portico:";

function takesFrom(
  route: Route,
  addressRange: string,
  bridge: string,
  owner: string,
  computer: ComputerState,
): boolean {
  if (route.dst === "default" || route.dev === bridge || !overlaps(route.dst, addressRange)) return false;
  const holder = route.dev === undefined ? undefined : bridgeHolder(route.dev, computer);
  return holder === undefined || !isOurs(holder, owner);
}

/** The alias of an interface, "" when it has none; undefined when there is no such interface. */
function bridgeHolder(name: string, computer: ComputerState): string | undefined {
  return readText(computer, `sys/class/net/${name}/ifalias`)?.trim();
}

function isOurs(alias: string, owner: string): boolean {
  if (!alias.startsWith(aliasPrefix)) return false;
  const holder = alias.slice(aliasPrefix.length);
  return holder === owner || !existsSync(holder);
}

/** The start time and the boot distinguish the machine's process from a later one that got its number. */
function isRunning({ pid, startTime, bootId: boot }: MachineRecord, computer: ComputerState): boolean {
  const fields = readText(computer, `proc/${pid}/stat`)?.split(")").at(-1)?.trim().split(" ");
  return (
    boot === bootId(computer) &&
    fields !== undefined &&
    !["Z", "X"].includes(fields[0]!) &&
    Number(fields[19]) === startTime
  );
}

function bootId(computer: ComputerState): string | undefined {
  return readText(computer, "proc/sys/kernel/random/boot_id")?.trim();
}

export function freshToken(): string {
  return randomBytes(4).toString("hex");
}

function readText(computer: ComputerState, file: string): string | undefined {
  try {
    return readFileSync(path.join(computer.root, file), "utf8");
  } catch {
    return undefined;
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

function readRoutes(): Route[] | undefined {
  try {
    return JSON.parse(
      execFileSync("ip", ["-json", "-4", "route", "show"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    ) as Route[];
  } catch {
    return undefined;
  }
}

/** Whether two IPv4 blocks share an address; a block without a length is one address. */
function overlaps(one: string, other: string): boolean {
  const [a, b] = [parseBlock(one), parseBlock(other)];
  const size = 2 ** (32 - Math.min(a.prefixLength, b.prefixLength));
  return Math.floor(a.address / size) === Math.floor(b.address / size);
}

function parseBlock(text: string): { address: number; prefixLength: number } {
  const [address = "", prefixLength = "32"] = text.split("/");
  return {
    address: address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0),
    prefixLength: Number(prefixLength),
  };
}
