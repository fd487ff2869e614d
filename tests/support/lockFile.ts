import { execFileSync } from "node:child_process";
import path from "node:path";
import { cacheFolder, madeOnce } from "./cacheFolder";

const resolver = "uv==0.13.9";
const pythonOfTheHosts = "3.13";

/** Locks `requirements.in` of an application with hashes, as its owner would, for the Python of Debian 13. */
export function lockRequirements(appFolder: string): void {
  const words = [
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--python-version",
    pythonOfTheHosts,
    "requirements.in",
    "--output-file",
    "requirements.lock",
  ];
  execFileSync(lockingProgram(), words, { cwd: appFolder, stdio: ["ignore", "ignore", "inherit"] });
}

/** The resolver, in an environment of its own that is kept between runs. */
function lockingProgram(): string {
  const place = path.join(cacheFolder(), "resolver", resolver.replace("==", "-"));
  const environment = madeOnce(place, (folder) => {
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(path.join(folder, "bin", "python3"), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      resolver,
    ]);
  });
  return path.join(environment, "bin", "uv");
}
