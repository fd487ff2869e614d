import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256File } from "../../lib/base/digest";
import { buildRelease, type ReleaseOptions } from "../../lib/release";
import { PackageIndex, writeWheels } from "../support/packageIndex";
import { writeFiles } from "../support/sampleApp";
import { temporaryFolders } from "../support/temporaryFolder";

/** The real pip, and an index of this computer that asks for a password. */
const newFolder = temporaryFolders();
const password = "planted-index-password";
const wheels = newFolder();
const index = new PackageIndex(wheels, { user: "deployer", password });
const login = `machine 127.0.0.1 login deployer password ${password}`;
const names = ["gunicorn-26.1.0-py3-none-any.whl", "inside-1.0-py3-none-any.whl"];
let lock = "";

beforeAll(async () => {
  writeWheels(wheels, [
    { name: "gunicorn", version: "26.1.0" },
    { name: "inside", version: "1.0" },
  ]);
  for (const name of names) {
    const digest = await sha256File(join(wheels, name), 0);
    lock += `${name.split("-").slice(0, 2).join("==")} --hash=sha256:${digest}\n`;
  }
  await index.listen();
});
afterAll(() => index.close());
beforeEach(() => {
  index.served.length = 0;
  index.refused.length = 0;
});

/** All that a release is made with, in folders of its own. */
function place(more: Partial<ReleaseOptions> = {}) {
  const [appFolder, cacheFolder, outputFolder] = [newFolder(), newFolder(), newFolder()];
  writeFiles(appFolder, { "shop.py": "app = None\n", "requirements.lock": lock });
  const said: string[] = [];
  const options: ReleaseOptions = {
    appFolder,
    cacheFolder,
    outputFolder,
    requirements: "requirements.lock",
    module: "shop:app",
    staticFolder: null,
    staticUrl: "/static/",
    targets: [{ id: "debian-13", python: "3.13", architecture: "x86_64" }],
    packageIndexes: [index.url],
    onProgress: (line) => said.push(line),
    ...more,
  };
  return { options, said, folders: [appFolder, cacheFolder, outputFolder] };
}

/** The index is all that pip has, and nobody's own login. */
async function alone<Result>(work: () => Promise<Result>, more: NodeJS.ProcessEnv = {}): Promise<Result> {
  const previous = { ...process.env };
  const pip = { PIP_INDEX_URL: index.url, PIP_CONFIG_FILE: "/dev/null", PIP_CACHE_DIR: newFolder(), HOME: newFolder() };
  Object.assign(process.env, pip, { PIP_RETRIES: "0" }, more);
  for (const name of ["PIP_FIND_LINKS", "NETRC"]) if (!(name in more)) delete process.env[name];
  try {
    return await work();
  } finally {
    process.env = previous;
  }
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => "nothing",
    (error: Error) => error.message,
  );

test("packages come from an index that asks for a password, with the logins of the stack", async () => {
  const { options, said, folders } = place({ packageLogins: login });
  const seen = new Set<string>();
  const watch = setInterval(() => watchProcesses(seen), 20);
  const release = await alone(() => buildRelease(options)).finally(() => clearInterval(watch));
  const [target] = options.targets;
  const archive = execFileSync("tar", ["tf", release.wheelsPath(target!)], { encoding: "utf8" });
  for (const name of names) expect(archive).toContain(`wheels/${name}`);
  expect(index.served).toEqual(expect.arrayContaining(names.map((name) => `/files/${name}`)));
  // The password is in no file, no archive, no line of progress, and no process shows it.
  for (const folder of folders) expect(filesWith(folder, password)).toEqual([]);
  expect(execFileSync("tar", ["xzOf", release.applicationPath]).includes(password)).toBe(false);
  expect(said.join("\n")).not.toContain(password);
  expect([...seen].some((text) => text.includes("download"))).toBe(true);
  expect([...seen].filter((text) => text.includes(password))).toEqual([]);
});

test("a login of the deployer's own netrc serves as well", async () => {
  const netrc = join(newFolder(), "netrc");
  writeFiles(join(netrc, ".."), { netrc: `${login}\n` });
  const { options } = place();
  await alone(() => buildRelease(options), { NETRC: netrc });
  expect(index.refused).toEqual([]);
});

test.each([
  ["without a login", undefined],
  ["with a wrong one", "machine 127.0.0.1 login deployer password planted-wrong-password"],
])("%s the index is named as what refuses, and the secret that is missing", async (_, packageLogins) => {
  const { options, folders } = place({ packageLogins });
  const message = await alone(() => failure(buildRelease(options)));
  expect(message).toContain("a package index that refuses this computer");
  expect(message).toContain("pulumi config set --secret packageIndexNetrc");
  expect(message).not.toMatch(/planted/);
  expect(index.served).toEqual([]);
  expect(index.refused.length).toBeGreaterThan(0);
  for (const folder of folders) expect(filesWith(folder, "planted")).toEqual([]);
});

test("a login for another host is not shown to the index", async () => {
  const { options } = place({ packageLogins: login.replace("127.0.0.1", "packages.example.com") });
  expect(await alone(() => failure(buildRelease(options)))).toContain("refuses this computer");
  expect(index.served).toEqual([]);
});

/** Command lines and environments of all processes of this user. */
function watchProcesses(seen: Set<string>): void {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid)))
    for (const file of ["cmdline", "environ"])
      try {
        const text = readFileSync(`/proc/${id}/${file}`, "utf8");
        if (text.includes("pip") || text.includes("planted")) seen.add(text);
      } catch {
        // It has ended.
      }
}

function filesWith(folder: string, text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}
