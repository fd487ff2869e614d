import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { examineProject } from "../../../lib/newStack/project";
import { freeRange, stackFileText, type Wanted } from "../../../lib/newStack/stackFileText";
import { domainName } from "../../../lib/settings/groups/fields";
import { runMain, UsageError } from "../base/main";
import { stackFile } from "../state/stackFile";

const usage = "usage: bin/new [STACK] [--app FOLDER] [--target local|hosts] [--domain NAME]...";

interface Answers {
  stack: string;
  folder: string;
  target: "local" | "hosts";
  domains: string[];
}

/** A question with the answer that an empty line gives; `check` says what is wrong with one. */
interface Question {
  option: string;
  text: string;
  usual: string;
  check: (answer: string) => string | undefined;
}

async function newStack(words: string[]): Promise<number> {
  const { stack, folder, target, domains } = await answersOf(words);
  const project = await examineProject(folder);
  const addressRange = target === "local" ? freeRange(takenRanges()) : undefined;
  const wanted: Wanted = { stack, folder, target, domains, ...(addressRange !== undefined && { addressRange }) };
  const file = stackFile(stack);
  // Never over a file that came meanwhile.
  writeFileSync(file, stackFileText(wanted, project), { flag: "wx" });
  project.found.forEach((line) => process.stdout.write(`portico: found ${line}\n`));
  project.open.forEach((line) => process.stdout.write(`portico: left to you: ${line}\n`));
  process.stdout.write(`portico: wrote ${file}; read it, then ${nextStep(wanted)}\n`);
  return 0;
}

function nextStep({ stack, target }: Wanted): string {
  return target === "local" ? `bin/up ${stack}` : `name its hosts, and go on with docs/hosts.md`;
}

async function answersOf(words: string[]): Promise<Answers> {
  const given = readWords(words);
  if (!process.stdin.isTTY && (given.stack === undefined || given.app === undefined))
    throw new UsageError(`${usage}\nwithout a terminal STACK and --app have to be given`);
  const ask = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  const answer = async (given: string | undefined, question: Question): Promise<string> => {
    const text = given ?? ((await ask?.question(`${question.text} [${question.usual}] `))?.trim() || question.usual);
    const fault = question.check(text);
    if (fault === undefined) return text;
    if (given !== undefined || ask === undefined)
      throw new Error(`${question.option}: got '${text}'; allowed: ${fault}`);
    process.stdout.write(`portico: allowed: ${fault}\n`);
    return answer(undefined, question);
  };
  try {
    const folder = await answer(given.app, questions.folder);
    const stack = await answer(given.stack, questions.stack);
    const target = (await answer(given.target, questions.target)) as Answers["target"];
    const names = await answer(given.domains, questions.domains(target));
    return { folder, stack, target, domains: names === "none" ? [] : names.split(",") };
  } finally {
    ask?.close();
  }
}

const questions = {
  folder: {
    option: "--app",
    text: "Folder of the application?",
    usual: "../myapp",
    check: (answer: string) =>
      existsSync(answer) && statSync(answer).isDirectory() ? undefined : "a folder that exists",
  },
  stack: {
    option: "STACK",
    text: "Name of the stack?",
    usual: "myapp",
    check: (answer: string) => {
      if (!/^[a-z][a-z0-9-]{0,38}$/.test(answer)) return "small letters, digits and hyphens, a letter first";
      return existsSync(stackFile(answer)) ? `a name without a file; ${stackFile(answer)} is there` : undefined;
    },
  },
  target: {
    option: "--target",
    text: "Where does it run: local (machines on this computer) or hosts (yours, by SSH)?",
    usual: "local",
    check: (answer: string) =>
      ["local", "hosts"].includes(answer) ? undefined : "local or hosts; for aws begin with Pulumi.staging.yaml",
  },
  domains: (target: Answers["target"]) => ({
    option: "--domain",
    text: "Names of the site, separated by commas, or none?",
    usual: target === "local" ? "none" : "www.example.org",
    check: (answer: string) =>
      (target === "local" && answer === "none") || answer.split(",").every((name) => domainName.test(name))
        ? undefined
        : "domain names in lower case, separated by commas",
  }),
} satisfies Record<string, Question | ((target: Answers["target"]) => Question)>;

function readWords(words: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { app: { type: "string" }, target: { type: "string" }, domain: { type: "string", multiple: true } },
    });
    if (positionals.length > 1) throw new Error("one stack");
    return { stack: positionals[0], app: values.app, target: values.target, domains: values.domain?.join(",") };
  } catch {
    throw new UsageError(usage);
  }
}

/** Networks of the local machines of all stack files here. */
function takenRanges(): string[] {
  return readdirSync(".")
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .map(
      (name) =>
        (parse(readFileSync(path.resolve(name), "utf8")) as { config?: Record<string, unknown> } | null)?.config,
    )
    .filter((config) => config?.["portico:target"] !== "aws" && config?.["portico:target"] !== "hosts")
    .map(
      (config) => (config?.["portico:local"] as { addressRange?: string } | undefined)?.addressRange ?? "10.31.64.0/24",
    );
}

runMain(newStack);
