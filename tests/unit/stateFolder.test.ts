import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();

/** An engine of its own: that of the checkout is built for the sources that are here, and a copy may have others. */
const engineFolder = newFolder();
writeFileSync(join(engineFolder, "pulumi"), "#!/bin/sh\necho v9.0.0\n", { mode: 0o755 });
const modeOf = (path: string) => statSync(path).mode & 0o7777;

function env(state: string, stack = "walls") {
  const environment = {
    ...process.env,
    PORTICO_STATE_DIR: state,
    PULUMI_BACKEND_URL: "",
    PATH: `${engineFolder}:${process.env.PATH}`,
  };
  const done = spawnSync("bin/env", [stack], { encoding: "utf8", env: environment });
  return { code: done.status, text: done.stderr };
}

/** As /tmp is: open to everybody, with the sticky bit. */
function openFolder(...names: string[]): string {
  const folder = newFolder();
  for (const name of names) writeFileSync(join(folder, name), "");
  chmodSync(folder, 0o1777);
  return folder;
}

test("a state folder that is not there is made for its owner alone, and found again", () => {
  const state = join(newFolder(), "new");
  expect(env(state)).toMatchObject({ code: 0 });
  expect([modeOf(state), modeOf(join(state, "walls"))]).toEqual([0o700, 0o700]);
  expect(env(state)).toMatchObject({ code: 0 });
  expect(env(state, "second")).toMatchObject({ code: 0 });
});

test("an empty folder is taken, and keeps its mode; the stack's own folder is closed again", () => {
  const state = openFolder();
  expect(env(state)).toMatchObject({ code: 0 });
  chmodSync(join(state, "walls"), 0o755);
  expect(env(state)).toMatchObject({ code: 0 });
  expect([modeOf(state), modeOf(join(state, "walls"))]).toEqual([0o1777, 0o700]);
});

test("a folder with other things is refused, and nothing of it changes", () => {
  const state = openFolder("mine");
  const { code, text } = env(state);
  expect(code).not.toBe(0);
  expect(text).toContain(`state folder: got '${state}', which holds other things, such as mine; allowed: `);
  expect([modeOf(state), readdirSync(state)]).toEqual([0o1777, ["mine"]]);
});

test("also one with more things than go into a pipe at once", () => {
  const names = Array.from({ length: 1200 }, (_, number) => `a rather long name of a file that somebody has ${number}`);
  expect(env(openFolder(...names)).text).toContain("which holds other things, such as a rather long name");
});

test("so is one whose part with the name of the stack is somebody else's, or no folder", () => {
  const parent = newFolder();
  mkdirSync(join(parent, "walls"));
  writeFileSync(join(parent, "walls", "mine"), "");
  chmodSync(join(parent, "walls"), 0o755);
  expect(env(parent).text).toContain("walls', which holds other things, such as mine");
  expect(modeOf(join(parent, "walls"))).toBe(0o755);
  const other = newFolder();
  symlinkSync("/nowhere", join(other, "walls"));
  expect(env(other).text).toContain("walls', which is no folder");
  expect(existsSync("/nowhere")).toBe(false);
});
