import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { platforms } from "../../lib/hosts/platforms";
import { removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(30 * 60 * 1000);

const packages = readFileSync(path.join(__dirname, "packages.txt"), "utf8")
  .split("\n")
  .filter((line) => /^\w/.test(line))
  .map((line) => line.split(" ") as [string, string]);
/** Where they lie on the machine: below what the sandbox shows read-only. */
const folder = "/opt/packages";
const instance = "portico-app@packages.service";

/** The slot's own unit, with another program in it: no sockets, no release, and it ends by itself. */
const dropIn = `[Service]
Type=oneshot
Restart=no
Sockets=
EnvironmentFile=
LoadCredential=
WorkingDirectory=/
TimeoutStartSec=900
ExecStart=
ExecStart=/usr/bin/python3 ${folder}/usePackages.py ${folder}/site ${packages.map(([, module]) => module).join(" ")}
`;

const stack = new TestStack({
  local: { webMachines: 1, web: { memoryMegabytes: 3072 } },
  app: { memoryMegabytes: 1024 },
});
const wheels = mkdtempSync(path.join(tmpdir(), "portico-packages-"));
/** Of pip, which leaves gigabytes when it is ended. */
const scratch = mkdtempSync(path.join(tmpdir(), "portico-pip-"));

beforeAll(async () => {
  await stack.create("planted-for-packages");
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
  install();
});
afterAll(async () => {
  await removeWorkspace();
  for (const place of [wheels, scratch]) rmSync(place, { recursive: true, force: true });
});

/** The newest of each, for the machine's Python; the site's folder is copied into the machine as it runs. */
function install(): void {
  const tags = [17, 27, 28, 34].map((number) => `--platform=manylinux_2_${number}_x86_64`);
  const words = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary=:all:",
    "--implementation=cp",
    `--python-version=${platforms["debian-13"].python}`,
    "--platform=manylinux2014_x86_64",
    "--platform=manylinux1_x86_64",
    "--platform=manylinux_2_5_x86_64",
    ...tags,
    `--target=${path.join(wheels, "site")}`,
    ...packages.map(([name]) => name),
  ];
  execFileSync("python3", words, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, TMPDIR: scratch } });
  const place = path.join(stack.stateFolder, "machines/web-1/root", folder);
  cpSync(wheels, place, { recursive: true });
  cpSync(path.join(__dirname, "usePackages.py"), path.join(place, "usePackages.py"));
  execFileSync("chmod", ["-R", "u=rwX,go=rX", place]);
}

/** What failed, with the last line that it printed. */
function failures(): Record<string, string> {
  const folderOfDropIn = path.join(stack.stateFolder, "machines/web-1/root/etc/systemd/system", `${instance}.d`);
  mkdirSync(folderOfDropIn, { recursive: true });
  writeFileSync(path.join(folderOfDropIn, "90-packages.conf"), dropIn);
  const lines = stack.onHost(
    "web-1",
    `systemctl daemon-reload; systemctl start ${instance}; journalctl --sync; journalctl --unit=${instance} _SYSTEMD_INVOCATION_ID=$(systemctl show --property=InvocationID --value ${instance}) --output=cat --no-pager`,
  );
  const results = lines
    .split("\n")
    .filter((line) => line.startsWith('{"name"'))
    .map((line) => JSON.parse(line) as { name: string; code: number; last: string });
  expect(results.filter(({ name }) => name.startsWith("import "))).toHaveLength(packages.length);
  return Object.fromEntries(
    results.filter(({ code }) => code !== 0).map(({ name, code, last }) => [name, code < 0 ? `signal ${-code}` : last]),
  );
}

test("there are 37 of them", () => {
  expect(packages).toHaveLength(37);
});

test("all but those that the docs name work in the sandbox of a slot, and none ends by a signal", () => {
  expect(failures()).toEqual({
    "import numba": expect.stringContaining("cannot allocate executable memory"),
    numba: expect.stringContaining("cannot allocate executable memory"),
    "import polars": expect.stringContaining("could not execute mprotect"),
    "import statsmodels.api": expect.stringContaining("could not execute mprotect"),
    "cffi callbacks": expect.stringContaining("MemoryError"),
    "psutil figures": expect.stringContaining("/proc/meminfo"),
  });
});

test("all of them work with the settings that the docs name", async () => {
  stack.set("app", { allowWritableExecutableMemory: true, allowSystemStatistics: true });
  const { code, output } = await stack.up();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect(failures()).toEqual({});
});
