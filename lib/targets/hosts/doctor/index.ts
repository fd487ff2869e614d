import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { printable } from "../../../base/printable";
import { sshWords, type SshConnection } from "../../../base/ssh";
import { firewallNotes } from "./otherFirewall";
import { clockNotes, findProblems, firewallsOf, readFacts, type Expectation } from "./findings";
import type { Problem } from "./problem";
import { factsScript, lastWord } from "./factsScript";

export type { Expectation } from "./findings";
export type { Problem } from "./problem";

/** A host and what it has to be. */
export interface CheckedHost extends Expectation {
  name: string;
  connection: SshConnection;
  /** Debian packages that it needs; what is missing has to be to be had. */
  packages: readonly string[];
}

export interface Diagnosis {
  host: string;
  problems: Problem[];
  /** What is to be known of a host that is right as it is. */
  notes: string[];
}

/** Limit for one host, in seconds; sources of packages that do not answer take most of it. */
const hostSeconds = 180;

/** Examines all hosts at once and changes none. The login keys lie in a private folder meanwhile. */
export async function examine(checkedHosts: readonly CheckedHost[]): Promise<Diagnosis[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "portico-doctor-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    return await Promise.all(
      checkedHosts.map(async (checkedHost) => ({
        host: checkedHost.name,
        ...(await examineOne(folder, checkedHost)),
      })),
    );
  } finally {
    clean();
    process.off("exit", clean);
  }
}

async function examineOne(folder: string, checkedHost: CheckedHost): Promise<Omit<Diagnosis, "host">> {
  const { name, connection, packages, ports } = checkedHost;
  const { output, complaint, clock } = await runScript(
    sshWords(folder, name, connection, ["sh", "-s"]),
    factsScript(packages, ports),
  );
  if (!output.trimEnd().endsWith(lastWord)) return { problems: [contactProblem(connection, complaint)], notes: [] };
  const facts = readFacts(output);
  return {
    problems: findProblems(facts, checkedHost, clock),
    notes: [...clockNotes(facts), ...firewallNotes(firewallsOf(facts), checkedHost)],
  };
}

interface Answer {
  output: string;
  complaint: string;
  /** The time here, in seconds, when the host began to answer. */
  clock: number;
}

function runScript(words: string[], script: string): Promise<Answer> {
  const child = spawn("ssh", words, { stdio: ["pipe", "pipe", "pipe"], timeout: hostSeconds * 1000 });
  const answer: Answer = { output: "", complaint: "", clock: 0 };
  child.stdout.once("data", () => (answer.clock = Date.now() / 1000));
  child.stdout.on("data", (chunk: Buffer) => (answer.output += printable(chunk.toString())));
  child.stderr.on("data", (chunk: Buffer) => (answer.complaint += printable(chunk.toString())));
  child.stdin.on("error", () => undefined);
  child.stdin.end(script);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ ...answer, complaint: error.message }));
    child.on("close", () => resolve(answer));
  });
}

const refusals: readonly [pattern: RegExp, subject: string, allowed: string, remedy: string][] = [
  [
    /host key|host identification/i,
    "host key",
    "the pinned hostKey",
    "compare the key on the host's own console (docs/hosts.md); when it is the right one, set hostKey to it",
  ],
  [
    /permission denied|too many authentication/i,
    "login",
    "a login with loginKey",
    "add the key's public half to ~/.ssh/authorized_keys of the login user; the key has to be without a passphrase",
  ],
];

/** Why there was no answer; what ssh says is in English whatever the language of this computer. */
export function contactProblem(
  { host, port, user }: Pick<SshConnection, "host" | "port" | "user">,
  complaint: string,
): Problem {
  const said =
    complaint
      .trim()
      .split("\n")
      .filter((line) => line.trim() !== "")
      .at(-1)
      ?.trim() ?? "no answer";
  const refusal = refusals.find(([pattern]) => pattern.test(complaint));
  if (refusal === undefined)
    return {
      subject: "connection",
      found: said,
      allowed: `sshd at ${host} port ${port}`,
      remedy: "look at the address, at the firewall, and whether the host runs",
    };
  const [, subject, allowed, remedy] = refusal;
  return { subject, found: subject === "login" ? `${user} refused` : said, allowed, remedy };
}
