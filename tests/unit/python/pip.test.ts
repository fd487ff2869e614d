import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipEnvironment, runPip } from "../../../lib/release/python/pip";
import { pipFailure } from "../../../lib/release/python/pipFailure";
import { SettingsError } from "../../../lib/settings/faults";
import { temporaryFolders } from "../../support/temporaryFolder";

const newFolder = temporaryFolders();
const program = (text: string) => {
  const path = join(newFolder(), "pip");
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return [path] as const;
};

describe("the environment of pip", () => {
  const environment = pipEnvironment({
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy",
    PIP_INDEX_URL: "https://index",
    PIP_CERT: "/ca.pem",
    PIP_TARGET: "/elsewhere",
    PIP_NO_DEPS: "0",
    PIP_REQUIRE_VIRTUALENV: "1",
    PYTHONPATH: "/surprise",
  });

  test("keeps the way to the index", () =>
    expect(environment).toMatchObject({
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      PIP_INDEX_URL: "https://index",
      PIP_CERT: "/ca.pem",
    }));

  test("drops what would change what pip does", () => {
    expect(environment).not.toHaveProperty("PIP_TARGET");
    expect(environment).not.toHaveProperty("PIP_NO_DEPS");
    expect(environment).not.toHaveProperty("PYTHONPATH");
    expect(environment).toMatchObject({ PIP_REQUIRE_VIRTUALENV: "0", PIP_NO_INPUT: "1" });
  });
});

describe("running pip", () => {
  test("hands over each line without credentials", async () => {
    const lines: string[] = [];
    const pip = program(
      "echo Looking in indexes: https://me:secret@index/simple; echo done; echo 'from https://token@index/x' >&2; exit 3",
    );
    expect(await runPip(pip, [], newFolder(), (line) => lines.push(line))).toEqual({
      exitCode: 3,
      errors: "from https://****@index/x",
    });
    expect(lines).toEqual(["Looking in indexes: https://****@index/simple", "done"]);
  });

  test("says what to install when there is no such program", async () => {
    const run = runPip(["/nowhere/python3", "-m", "pip"], [], newFolder(), () => undefined);
    await expect(run).rejects.toThrow(
      "/nowhere/python3 -m pip: got no program /nowhere/python3; allowed: pip 22 or newer on this computer; install it (Debian, Ubuntu: apt-get install python3-pip",
    );
  });

  test("says what to install when Python lacks it", async () => {
    const run = runPip(
      program("echo '/usr/bin/python3: No module named pip' >&2; exit 1"),
      [],
      newFolder(),
      () => undefined,
    );
    await expect(run).rejects.toThrow("got Python without pip");
  });
});

describe("what pip's failure means", () => {
  const target = { id: "debian-13", python: "3.13", architecture: "x86_64" } as const;
  const meaning = (errors: string) => {
    const error = pipFailure({ exitCode: 1, errors }, target);
    expect(error).toBeInstanceOf(SettingsError);
    return error.message;
  };

  test("no wheel: names the package, its version and the platform", () => {
    const message = meaning(
      "ERROR: Could not find a version that satisfies the requirement pycrypto==2.6.1 (from versions: none)\nERROR: No matching distribution found for pycrypto==2.6.1",
    );
    expect(message).toContain(
      'portico:app.requirements: got "pycrypto==2.6.1, which has no wheel for debian-13 (Python 3.13, x86_64)"',
    );
  });

  test("an index out of reach is not taken for a missing wheel", () => {
    const message = meaning(
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\nERROR: No matching distribution found for flask==3.1.3",
    );
    expect(message).toContain("a package index that does not answer");
    expect(message).not.toContain("no wheel");
  });

  test("other bytes than the lock's are named as such", () => {
    const message = meaning(
      "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    flask==3.1.3 from https://index/flask.whl:\n        Expected sha256 aa\n             Got        bb",
    );
    expect(message).toContain("flask==3.1.3 with another hash than the lock's");
  });

  test("anything else shows the exit code and pip's last lines", () => {
    const message = meaning(Array.from({ length: 40 }, (_, index) => `line ${index}.`).join("\n"));
    expect(message).toContain("exit code 1 of pip download");
    expect(message).toContain("line 39.");
    expect(message).not.toContain("line 3.");
  });
});
