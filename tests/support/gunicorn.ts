import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, madeOnce } from "./cacheFolder";

/**
 * A Python that has the Gunicorn which the sample application locks. The first call installs it into the cache, later
 * ones find it there.
 */
export function pythonWithGunicorn(): string {
  return pythonWith("gunicorn", []);
}

/** As pythonWithGunicorn, with what people write applications with beside it, and a client for web sockets. */
export function pythonWithFrameworks(): string {
  return pythonWith("frameworks", [
    "django==5.2.19",
    "django-ratelimit==4.1.0",
    "fastapi==0.165.0",
    "flask==3.1.3",
    "starlette==1.10.0",
    "websockets==17.4",
  ]);
}

function pythonWith(name: string, packages: readonly string[]): string {
  const lock = readFileSync(join(__dirname, "..", "..", "app", "requirements.lock"), "utf8");
  const all = [`gunicorn==${/^gunicorn==([\w.]+)/m.exec(lock)![1]!}`, ...packages];
  const place = join(
    cacheFolder(),
    "tests",
    `${name}-${createHash("sha256").update(all.join()).digest("hex").slice(0, 12)}`,
  );
  return join(
    madeOnce(place, (folder) => install(folder, all)),
    "bin",
    "python3",
  );
}

function install(folder: string, packages: readonly string[]): void {
  execFileSync("python3", ["-m", "venv", folder], { stdio: "ignore" });
  execFileSync(join(folder, "bin", "python3"), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...packages,
  ]);
}
