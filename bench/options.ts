import path from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../bin/commands/base/main";
import { checkout, networks } from "./base/places";
import { measures, type Measure } from "./report/results";

export const usage = `npm run bench -- [quick] [--only MEASURE,...] [--peers PEER,...] [--portico [NAME=]FOLDER]... [--keep] [--rounds N] [--hosts N,...] [--out FILE]
npm run bench -- down
npm run bench -- page FILE

Measures Portico beside what people would pick instead, on machines of this computer, and writes the results as JSON.
  quick      fewer and shorter runs, three minutes where machines and caches are warm
  down       removes the machines that --keep left
  page FILE  writes docs/performance.md and its plots from results
  --only     ${measures.join(", ")}; setup, and streams and workers of quick, only where named
  --peers    which of portico, stock, bare; default: all
  --portico  another checkout to deploy and measure in place of this one; more of them, each with a name, side by side
  --keep     leaves the machines up for the next run, which then updates Portico's stack and goes on at once
  --rounds   how often each figure is measured; default 5, quick 3
  --hosts    fleets that releases go to, up to 8 hosts each; default 1,2,3,4,8, quick 2
  --out      where results go; default bench/results/TIME.json
`;

export interface Options {
  action: "measure" | "down" | "page";
  quick: boolean;
  only: Measure[];
  peers: string[];
  porticos: { name: string; source: string }[];
  keep: boolean;
  rounds?: number;
  hosts?: number[];
  out?: string;
  pageFile?: string;
}

/** What portico:local.webMachines allows. */
const mostHosts = 8;
const peerNames = ["portico", "stock", "bare"];

/** The words of the command; raises a UsageError for what it does not take. */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals } = parse(words);
  const action = actionOf(positionals);
  const left: Measure[] = action.quick ? ["setup", "streams", "workers"] : ["setup"];
  return {
    ...action,
    only: names("--only", values.only, measures) ?? measures.filter((measure) => !left.includes(measure)),
    peers: names("--peers", values.peers, peerNames) ?? peerNames,
    porticos: porticosOf(values.portico),
    keep: values.keep ?? false,
    rounds: values.rounds === undefined ? undefined : wholeNumber("--rounds", values.rounds),
    hosts: values.hosts?.split(",").map((text) => wholeNumber("--hosts", text, mostHosts)),
    out: values.out,
  };
}

function actionOf(words: readonly string[]): Pick<Options, "action" | "quick" | "pageFile"> {
  const [action = "full", file, ...more] = words;
  if (action === "page" && file !== undefined && more.length === 0) return { action, quick: false, pageFile: file };
  if (file === undefined && action === "down") return { action, quick: false };
  if (file === undefined && ["full", "quick"].includes(action)) return { action: "measure", quick: action === "quick" };
  throw new UsageError(`words: got '${words.join(" ")}'; allowed: nothing, quick, down, page FILE\n${usage}`);
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        peers: { type: "string" },
        portico: { type: "string", multiple: true },
        keep: { type: "boolean" },
        rounds: { type: "string" },
        hosts: { type: "string" },
        out: { type: "string" },
      },
    });
  } catch (problem) {
    throw new UsageError(`${(problem as Error).message}\n${usage}`);
  }
}

function names<T extends string>(option: string, text: string | undefined, allowed: readonly T[]): T[] | undefined {
  const wanted = text?.split(",");
  const unknown = wanted?.find((name) => !(allowed as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${option}: got '${unknown}'; allowed: ${allowed.join(", ")}; separate them by commas`);
  return wanted === undefined ? undefined : allowed.filter((name) => wanted.includes(name));
}

function porticosOf(given: readonly string[] = [`portico=${checkout}`]) {
  const porticos = given.map((text) => {
    const [name, folder] = text.includes("=") ? (text.split("=", 2) as [string, string]) : ["portico", text];
    return { name, source: path.resolve(folder) };
  });
  const wrong = porticos.find(({ name }) => !/^portico(-[a-z0-9]+)*$/.test(name));
  if (wrong !== undefined)
    throw new UsageError(
      `--portico: got the name '${wrong.name}'; allowed: portico, or portico-SOMETHING in small letters`,
    );
  if (new Set(porticos.map(({ name }) => name)).size < porticos.length || porticos.length > networks.portico.length)
    throw new UsageError(
      `--portico: got ${given.join(", ")}; allowed: up to ${networks.portico.length}, each with a name of its own`,
    );
  return porticos;
}

function wholeNumber(option: string, text: string, most = 999): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`${option}: got '${text}'; allowed: a whole number from 1 to ${most}`);
}
