import { spawn, spawnSync } from "node:child_process";
import { readCounts, readFailures, readSkipped, titleOf, type Counts } from "./counts";
import { levels, suites, usualLevels, type Level, type Suite } from "./suites";

/** Levels with machines need root on Linux and systemd-nspawn; where they cannot run they say so, and fail where CI counts on them. */
function whyNoMachines(): string | undefined {
  if (process.platform !== "linux") return "local machines need Linux";
  if (process.getuid?.() !== 0) return "local machines need root: run as root, or with sudo -E";
  if (spawnSync("systemd-nspawn", ["--version"]).status !== 0)
    return "local machines need systemd-nspawn: run bin/setup";
  return undefined;
}

/** What failed, printed again at the end: a run of an hour is not read from its beginning. */
const failures: string[] = [];

/** Suites and groups of tests that did not run here, each with its reason. */
const notRun: string[] = [];

/** Set by an interrupt: the suite under way ends, what it made is removed, nothing more is started. */
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => (interrupted = true));

async function main(names: string[]): Promise<number> {
  const chosen = chooseLevels(names);
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const lanes of inLanes(suites.filter(({ level }) => chosen.includes(level)))) {
    if (interrupted) return 130;
    for (const counts of await Promise.all(lanes.map(tryRun))) {
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
  }
  if (failures.length > 0) process.stdout.write(`\n== failed\n${failures.join("\n\n")}\n\n`);
  notRun.forEach((line) => process.stdout.write(`not run: ${line}\n`));
  failures.forEach((block) => process.stdout.write(`failed: ${titleOf(block)}\n`));
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed === 0 ? 0 : 1;
}

/** Suites one after another, those together that run beside each other. */
function inLanes(chosen: readonly Suite[]): Suite[][] {
  const lanes: Suite[][] = [];
  for (const suite of chosen) {
    if (suite.beside) lanes.at(-1)!.push(suite);
    else lanes.push([suite]);
  }
  return lanes;
}

async function tryRun(suite: Suite): Promise<Counts> {
  const reason = whySkipped(suite);
  if (reason === undefined) return runSuite(suite);
  if (process.env.CI === "true") return failFor(suite, reason);
  notRun.push(`${suite.level}, ${suite.name}: ${reason}`);
  return { passed: 0, failed: 0, skipped: 0 };
}

function chooseLevels(names: string[]): readonly Level[] {
  const unknown = names.filter((name) => !levels.includes(name as Level));
  if (unknown.length > 0)
    throw new Error(
      `level: got ${unknown.join(", ")}; allowed: ${levels.join(", ")}; name some of them, or none for all but long and aws`,
    );
  return names.length === 0 ? usualLevels : (names as Level[]);
}

function whySkipped({ level, needs }: Suite): string | undefined {
  if (needs !== undefined && spawnSync("which", [needs]).status !== 0) return `${needs} is not installed`;
  return ["machine", "long", "aws"].includes(level) ? whyNoMachines() : undefined;
}

function failFor({ level, name }: Suite, reason: string): Counts {
  process.stdout.write(`\n== ${level}: ${name}\ncannot run: ${reason}\n`);
  failures.push(`${level}, ${name}: cannot run: ${reason}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function runSuite({ level, name, command, folder, runner, after }: Suite): Promise<Counts> {
  process.stdout.write(`\n== ${level}: ${name}\n`);
  const started = Date.now();
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let shown = 0;
    // Whole lines, as another suite may run beside this one.
    const follow = (chunk: Buffer) => {
      output += chunk.toString();
      const end = output.lastIndexOf("\n") + 1;
      if (runner !== "go") process.stdout.write(output.slice(shown, end));
      shown = Math.max(shown, end);
    };
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.stdout.on("data", follow);
    child.stderr.on("data", follow);
    child.on("error", (error) => (output += error.message));
    child.on("close", (code) => {
      if (runner !== "go") process.stdout.write(output.slice(shown));
      if (after !== undefined) spawnSync(after[0]!, after.slice(1), { stdio: "inherit" });
      const counts = readCounts[runner](output, code ?? 1);
      if (runner === "go" && counts.failed > 0) process.stdout.write(output);
      if (counts.failed > 0)
        failures.push(`${level}, ${name}: ${counts.failed} failed`, ...readFailures[runner](output));
      if (counts.skipped > 0)
        notRun.push(...readSkipped(output, `${counts.skipped} tests`).map((what) => `${level}, ${name}: ${what}`));
      process.stdout.write(
        `   ${level}, ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${((Date.now() - started) / 1000).toFixed(1)} s\n`,
      );
      resolve(counts);
    });
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`portico: ${error.message}\n`);
    process.exit(2);
  },
);
