import commandsFile from "../../hostProgram/portico_host/base/commands.json";
import type { Effect } from "../base/contract";
import type { DeploymentAuthor } from "../stack/author";

/** The commands of `portico-host`. The host program reads the same file: what each command takes and answers. */
export const hostCommands = commandsFile;

export type CommandName = keyof typeof commandsFile;

/** What a command takes on standard input and answers as one line of JSON. */
export interface HostCommands {
  stage: { input: StageInput; output: Staged };
  migrate: { input: Staged; output: { migrated: boolean; seconds: number } };
  activate: { input: Staged & { leaseSeconds?: number }; output: Activated };
  trust: { input: Staged; output: { learned: boolean } };
  gate: {
    input: Staged & { hosts: { name: string; address: string }[]; probes?: number; activated?: string[] };
    output: { gated: string[]; probes: number; site: boolean };
  };
  visit: {
    input: Staged & { paths: VisitPaths; activated?: string[] };
    output: { visited: { asked: string; status: number; seconds: number }[] };
  };
  confirm: { input: Staged & { activated?: string }; output: Serves & { confirmed: true } };
  revert: { input: { why: string }; output: { reverted: boolean; release: string | null; revision: string | null } };
  expire: { input: Nothing; output: Nothing };
  rollback: { input: { release: string | null; who: string }; output: Serves & { release: string; from: string } };
  restart: { input: { who: string; why?: string }; output: Serves & { release: string; slot: string; former: string } };
  forget: { input: Nothing; output: { release: string | null; forgotten: string[] } };
  reboot: { input: { who: string; drained?: boolean }; output: { boot: string } };
  answers: { input: Nothing; output: { answers: boolean | null; got: string } };
  status: { input: Nothing; output: HostStatus };
  history: { input: Nothing; output: Transaction[] };
  check: { input: Nothing; output: Examination };
  survey: {
    input: { examine: boolean };
    output: {
      status: HostStatus | null;
      answers: HostCommands["answers"]["output"] | null;
      examination: Examination | null;
    };
  };
  heal: { input: { who: string }; output: Examination & { healed: number } };
  drain: { input: Move; output: Moved };
  resume: { input: Move; output: Moved };
  run: { input: Nothing; output: Nothing };
  certify: { input: { now?: boolean }; output: { names: string[]; ordered: boolean; waits: number } };
  watch: { input: Nothing; output: Nothing };
  observe: { input: Nothing; output: Nothing };
  steps: { input: Nothing; output: Nothing };
}

export type Nothing = Record<never, never>;

export interface StageInput {
  /** null for a role without the application. */
  release: string | null;
  /** Relative to the login user's home. */
  archive: string | null;
  /** The same of the wheels that the host's Python and processor need. */
  wheels: string | null;
  secretFiles: { path: string; mode: string; owner: string; group: string; effect: Effect; content: string }[];
  secrets: Record<string, string>;
  author: DeploymentAuthor;
}

/** The line that `stage` prints and the later commands take. */
export interface Staged {
  staged: string;
  role: string;
  release: string | null;
  revision: string | null;
}

interface Serves {
  release: string | null;
  revision: string | null;
  slot: string | null;
}

interface Activated extends Serves {
  transaction: string;
  role: string;
  changed: string[];
  restarted: string[];
  reloaded: string[];
}

/** What a visitor requests. */
export interface VisitPaths {
  /** Has to answer 200. */
  ready: string;
  /** May answer anything but 5xx; null when it is not requested. */
  home: string | null;
}

/** What a host says of itself, as far as a decision needs it. */
export interface HostStatus {
  current: { key: string; release: string | null } | null;
  /** Releases that it can go back to, the latest first. */
  good: string[];
  /** A switch that waits for its confirmation. */
  lease?: object | null;
  /** Staged states that were there when an operator took the host back. */
  takenBack?: string[];
  /** Id of this boot; a host program of before says none. */
  boot?: string;
  /** Packages that ask for a reboot. */
  asksForReboot?: string | null;
  /** Bytes in each folder of the application's data; null where it takes long to count them. A host program of before says none. */
  data?: Record<string, number | null>;
  /** Of a balancer: what it makes of each application host. */
  watch?: { hosts: Record<string, { serves: boolean; drained: object | null }> } | null;
}

/** What a host keeps of one attempt to change what serves. */
export type Transaction = Record<keyof typeof commandsFile.history.output, string | number | null> & { at: string };

/** One thing on a host that is not as it should be, as the host program reports it. */
export interface Difference {
  /** A file, a unit, a port, a package or another thing of the host. */
  subject: string;
  found: string;
  wanted: string;
  /** What puts it right: an activation of the present state, a stage before it, or nobody but a person. */
  healer: "activate" | "stage" | "nobody";
  /** What a person is to do; empty where nobody is needed. */
  advice: string;
}

export interface Examination {
  /** The state that the host has, as `stage` named it; null on a host that has none. */
  state: string | null;
  /** The host's clock, in seconds since 1970. */
  time: number;
  differences: Difference[];
  /** Drop-ins of an operator that are meant to stay. */
  deliberate: string[];
  /** Hosts that a balancer sends no requests to, as an operator or an update told it. */
  drained: { host: string; why: string; since: string }[];
}

interface Move {
  host: string;
  why: string;
}

export interface Moved {
  host: string;
  /** Whether the balancer leaves the host out now. */
  out: boolean;
  /** Hosts that get requests. */
  serving: string[];
}

type KeysOf<T> = T extends readonly (infer Item)[] ? keyof Item : keyof T;
type Unlisted = {
  [Name in CommandName]:
    | Exclude<KeysOf<HostCommands[Name]["input"]>, keyof (typeof commandsFile)[Name]["input"]>
    | Exclude<KeysOf<HostCommands[Name]["output"]>, keyof (typeof commandsFile)[Name]["output"]>;
}[CommandName];

/** Does not compile where a type above has a key that the host program does not list for its command. */
export const everyKeyIsListed: [Unlisted] extends [never] ? true : Unlisted = true;
