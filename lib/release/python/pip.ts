import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { inheritedPath, openNetrc, withoutCredentials } from "./credentials";

/** The command words that start pip; the unit tests give a stand-in. */
export type PipCommand = readonly [string, ...string[]];

export const defaultPip: PipCommand = ["python3", "-m", "pip"];

export interface PipResult {
  /** null when pip could not be started or was ended by a signal. */
  exitCode: number | null;
  /** Standard error without credentials. */
  errors: string;
}

/** Where packages come from and how the way there leads is the user's; what pip does with them is ours. */
const keptVariables =
  /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|CONFIG_FILE|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|KEYRING_PROVIDER|CACHE_DIR)$/;

/** The environment that pip runs in, made of `inherited`. */
export function pipEnvironment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !/^(PIP_|PYTHON)/.test(name) || keptVariables.test(name));
  return {
    ...Object.fromEntries(kept),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PIP_REQUIRE_VIRTUALENV: "0",
    PYTHONUTF8: "1",
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

const longestRunMilliseconds = 30 * 60 * 1000;

/**
 * Runs pip in `folder`; `onLine` gets each line of its standard output, without credentials. It is ended
 * after half an hour. Throws only when the command is not there. `logins`, in the form of a netrc file, take the place of the user's.
 */
export async function runPip(
  pip: PipCommand,
  options: readonly string[],
  folder: string,
  onLine: (line: string) => void,
  logins?: string,
): Promise<PipResult> {
  const netrc = logins === undefined ? undefined : await openNetrc(logins);
  try {
    return await runWith(pip, options, folder, onLine, netrc?.fd);
  } finally {
    await netrc?.close();
  }
}

async function runWith(
  pip: PipCommand,
  options: readonly string[],
  folder: string,
  onLine: (line: string) => void,
  netrc: number | undefined,
): Promise<PipResult> {
  const [program, ...words] = pip;
  const child = spawn(program, [...words, ...options], {
    cwd: folder,
    env: { ...pipEnvironment(process.env), ...(netrc !== undefined && { NETRC: inheritedPath }) },
    stdio: ["ignore", "pipe", "pipe", ...(netrc === undefined ? [] : [netrc])],
  });
  const errors: string[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => onLine(withoutCredentials(line)));
  createInterface({ input: child.stderr! }).on("line", (line) => errors.push(withoutCredentials(line)));
  const exitCode = await ended(child).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? missingPip(pip, `no program ${program}`) : error;
  });
  if (errors.some((line) => /No module named '?pip'?/.test(line))) throw missingPip(pip, "Python without pip");
  return { exitCode, errors: errors.join("\n") };
}

/** The timer is our own: the one of spawn goes on, and holds up the process, when the program is not there. */
function ended(child: ChildProcess): Promise<number | null> {
  const timer = setTimeout(() => child.kill(), longestRunMilliseconds);
  return new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => clearTimeout(timer));
}

export function missingPip(pip: PipCommand, found: string): Error {
  return new Error(
    `${pip.join(" ")}: got ${found}; allowed: pip 22 or newer on this computer; install it (Debian, Ubuntu: apt-get install python3-pip; macOS: brew install python)`,
  );
}
