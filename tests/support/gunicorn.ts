import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cacheFolder";

/**
 * A Python that has the Gunicorn which the sample application locks. The first call installs it into the cache, later
 * ones find it there.
 */
export function pythonWithGunicorn(): string {
  const lock = readFileSync(join(__dirname, "..", "..", "app", "requirements.lock"), "utf8");
  const version = /^gunicorn==([\w.]+)/m.exec(lock)![1]!;
  const environment = join(cacheFolder(), "tests", `gunicorn-${version}`);
  if (!existsSync(environment)) install(environment, version);
  return join(environment, "bin", "python3");
}

/** Beside its place, then renamed: what a killed run left half-made is never found. */
function install(environment: string, version: string): void {
  mkdirSync(dirname(environment), { recursive: true });
  const temporary = mkdtempSync(`${environment}.`);
  try {
    execFileSync("python3", ["-m", "venv", temporary], { stdio: "ignore" });
    execFileSync(join(temporary, "bin", "python3"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `gunicorn==${version}`]);
    renameSync(temporary, environment);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
