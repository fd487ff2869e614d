import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder, madeOnce } from "../../tests/support/cacheFolder";

const debianPackages = ["lynis", "nmap", "slowhttptest", "testssl.sh"];
const suite = "trixie";

// sslyze has no wheel.
const onlyLocked = [
  "--quiet",
  "--disable-pip-version-check",
  "--require-hashes",
  "--only-binary",
  ":all:",
  "--no-binary",
  "sslyze",
];

/** The folder of what `recipe` says; another recipe is another folder. */
function made(kind: string, recipe: string, make: (folder: string) => void): string {
  const key = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  return madeOnce(path.join(cacheFolder(), "audit", `${kind}-${key}`), make);
}

function call(program: string, ...words: string[]): void {
  try {
    execFileSync(program, words, { stdio: "pipe" });
  } catch (problem) {
    const { stderr } = problem as { stderr?: Buffer };
    throw new Error(`${program} ${words.join(" ")}: ${stderr?.toString().trim() || (problem as Error).message}`);
  }
}

/** Words that run a judge from PyPI, at the versions of python.txt; nothing is installed for other programs. */
export function pythonJudge(module: "gixy" | "ssh_audit" | "sslyze"): string[] {
  const list = path.join(__dirname, "python.txt");
  const recipe = execFileSync("python3", ["-V"], { encoding: "utf8" }) + readFileSync(list, "utf8");
  const folder = made("python", recipe, (target) =>
    call("python3", "-m", "pip", "install", ...onlyLocked, "--target", target, "-r", list),
  );
  return ["env", `PYTHONPATH=${folder}`, "python3", "-m", module];
}

/** Mozilla's HTTP Observatory from npm, as package-lock.json has it; its scripts, which download lists, do not run. */
export function observatoryScan(): string {
  const source = path.join(__dirname, "observatory");
  const files = ["package.json", "package-lock.json"];
  const folder = made(
    "observatory",
    files.map((name) => readFileSync(path.join(source, name), "utf8")).join(),
    (target) => {
      for (const name of files) copyFileSync(path.join(source, name), path.join(target, name));
      call("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", target);
      // The list of names that browsers know to have HSTS: none of them is ours.
      writeFileSync(path.join(target, "node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json"), "{}");
    },
  );
  return path.join(folder, "node_modules/@mdn/mdn-http-observatory/src/scan.js");
}

/** Root of a small Debian with the judges that Debian has: nothing is installed on this computer, nor on a machine. */
export function debianJudges(): string {
  return made("debian", [suite, ...debianPackages].join(), (target) =>
    call("mmdebstrap", "--quiet", "--variant=minbase", `--include=${debianPackages.join()}`, suite, target),
  );
}
