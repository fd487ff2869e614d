import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { ask } from "../support/ask";
import { lockWith } from "../support/lockingTools";
import { PackageIndex, writeWheels } from "../support/packageIndex";
import { writeFiles } from "../support/sampleApp";
import { temporaryFolders } from "../support/temporaryFolder";
import { removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(20 * 60 * 1000);

/** A project as a team has it: packages in src, locked by uv, with a package that only an index of its own has. */
const newFolder = temporaryFolders();
const password = randomBytes(16).toString("hex");
/** Another one in each run: wheels that an earlier run had are kept, and come from no index. */
const version = `1.${Date.now()}`;
const wheels = newFolder();
const open = new PackageIndex(wheels);
const closed = new PackageIndex(wheels, { user: "deployer", password });
const stack = new TestStack({
  app: {
    folder: "project",
    module: "shop.web:app",
    requirements: "uv.lock",
    sourceFolder: "src",
    extras: ["more"],
    staticFolder: null,
    streamPaths: [],
    migration: { command: ["bin/shop", "migrate"], seconds: 60 },
  },
});
const hosts = ["web-1", "web-2"];
const code = `import importlib.metadata as metadata
import json

import inside
import of_extra


def facts():
    plugins = [each.name for each in metadata.entry_points(group="shop.plugins")]
    return {"version": metadata.version("shop"), "plugins": plugins, "inside": inside.here and of_extra.here}


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(facts()).encode()]


def main():
    raise SystemExit(0 if facts()["plugins"] == ["first"] else 9)
`;
const manifest = () => `[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["gunicorn>=26.1", "inside"]

[project.optional-dependencies]
more = ["of-extra"]

[project.scripts]
shop = "shop.web:main"

[project.entry-points."shop.plugins"]
first = "shop.web:app"

[dependency-groups]
dev = ["of-dev"]

[[tool.uv.index]]
name = "inside"
url = "${open.url}"

[build-system]
requires = ["no-such-backend"]
build-backend = "no_such_backend"
`;

beforeAll(async () => {
  writeWheels(
    wheels,
    ["inside", "of-extra", "of-dev"].map((name) => ({ name, version })),
  );
  await Promise.all([open.listen(), closed.listen()]);
  await stack.create("planted-for-project");
  const folder = path.join(stack.folder, "project");
  mkdirSync(folder);
  writeFiles(folder, { "pyproject.toml": manifest(), "src/shop/__init__.py": "", "src/shop/web.py": code });
  await lockWith("uv", ["lock"], folder);
  await open.close();
  stack.set("app", { packageIndexes: [closed.url] });
  await stack.setSecret("packageIndexNetrc", `machine 127.0.0.1 login deployer password ${password}`);
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close()]);
  await removeWorkspace();
});

const answered = async () => JSON.parse((await ask(stack, "/")).body) as unknown;

it("is released, with its metadata, its entry points, its script and the extra that was asked for", async () => {
  const { code: exit, output } = await stack.up();
  expect({ exit, output: exit === 0 ? "" : output }).toEqual({ exit: 0, output: "" });
  expect(await answered()).toEqual({ version: "1.0", plugins: ["first"], inside: true });
  expect(closed.served).toContain(`/files/inside-${version}-py3-none-any.whl`);
  expect(closed.served.join()).not.toContain("of_dev");
  expect(output).not.toContain(password);
});

it("leaves the index's password nowhere", () => {
  const search = (places: string) => `grep -rlsF ${password} ${places} || true`;
  expect(execFileSync("sh", ["-c", search(stack.folder)], { encoding: "utf8" })).toBe("");
  for (const host of hosts) {
    expect(stack.onHost(host, search("/etc /opt /home /root /run/portico /var/lib/portico /var/log")).trim()).toBe("");
    expect(stack.onHost(host, `journalctl --quiet | grep -cF ${password} || true`).trim()).toBe("0");
  }
});

it("plans no change when nothing changed, and starts no tool for that", async () => {
  const served = closed.served.length;
  const { code: exit, output } = await stack.pulumi(["preview", "--expect-no-changes"]);
  expect({ exit, output: exit === 0 ? "" : output }).toEqual({ exit: 0, output: "" });
  expect(closed.served.length).toBe(served);
});

it("gets a new version without another environment", async () => {
  const environments = () => hosts.map((host) => stack.onHost(host, "ls /opt/portico/environments").trim());
  const before = environments();
  stack.edit("project/pyproject.toml", (text) => text.replace('version = "1.0"', 'version = "1.1"'));
  await lockWith("uv", ["lock", "--offline"], path.join(stack.folder, "project"));
  const { code: exit, output } = await stack.up();
  expect({ exit, output: exit === 0 ? "" : output }).toEqual({ exit: 0, output: "" });
  expect(await answered()).toEqual({ version: "1.1", plugins: ["first"], inside: true });
  expect(environments()).toEqual(before);
});

it("whose pyproject.toml asks for more than its lock is refused, and nothing is touched", async () => {
  const back = stack.edit("project/pyproject.toml", (text) => text.replace('"inside"]', '"inside", "of-dev"]'));
  const { code: exit, output } = await stack.up();
  back();
  expect(exit).not.toBe(0);
  expect(output).toContain("uv.lock: not what pyproject.toml asks for now");
  expect(output).toContain("run `uv lock`");
  expect(await answered()).toEqual({ version: "1.1", plugins: ["first"], inside: true });
});
