import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "./run";
import type { TestStack } from "./testStack";

const packages = ["nftables", "libnftables1", "libnftnl11", "libmnl0", "libedit2", "libjansson4", "libxtables12"];
const below = ["libgmp10", "libbsd0", "libmd0"];

/** Brings nftables to machines that were made before their image had it, as the package manager would with a way to a mirror. */
export async function installNftables(stack: TestStack, machines: readonly string[]): Promise<void> {
  const made = await run(["bin/machine", "image", "--suite", "trixie"], { cwd: stack.folder });
  if (made.code !== 0) throw new Error(made.output);
  const folder = mkdtempSync(path.join(tmpdir(), "portico-nftables-"));
  const tar = (...words: string[]) =>
    execFileSync("tar", [`--directory=${folder}`, ...words], { maxBuffer: 64 * 1024 * 1024 });
  const image = `--file=${made.stdout.trim()}`;
  try {
    tar("--extract", image, "./var/lib/dpkg");
    const files = [...packages, ...below].flatMap((name) => listed(path.join(folder, "var/lib/dpkg/info"), name));
    tar("--extract", image, "--no-recursion", ...files);
    const archive = tar("--create", "--gzip", ".").toString("base64");
    for (const machine of machines)
      stack.onHost(machine, "base64 --decode | tar --extract --gzip --no-overwrite-dir --directory=/", archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What of a package the image has: it leaves out documents and translations. */
function listed(info: string, name: string): string[] {
  const [list] = [`${name}.list`, `${name}:amd64.list`].flatMap((each) => {
    try {
      return [readFileSync(path.join(info, each), "utf8")];
    } catch {
      return [];
    }
  });
  const paths = (list ?? "").split("\n").filter((line) => /^\/usr\/(s?bin|lib)\//.test(line));
  // Folders are there.
  return paths.filter((each) => !paths.some((other) => other.startsWith(`${each}/`))).map((each) => `.${each}`);
}
