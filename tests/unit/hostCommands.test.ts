import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { callHostProgram } from "../../lib/hostCommands";
import { shellLine, shellWord } from "../../lib/shellWords";

describe("shellWord", () => {
  it.each(["plain", "a b", "it's", "$HOME", "`id`", "a\nb", "", "*", "~", 'say "hi"', "\\", "-n", "é"])("survives a shell: %j", (word) => {
    const seen = execFileSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" });
    expect(seen).toBe(word);
  });

  it("leaves plain words readable", () => {
    expect(shellLine(["sudo", "-n", "python3", "portico/web-1.pyz"])).toBe("sudo -n python3 portico/web-1.pyz");
  });
});

describe("callHostProgram", () => {
  const home = mkdtempSync(path.join(tmpdir(), "portico-call-"));
  const content = "print('ran')\n";
  const sha256 = createHash("sha256").update(content).digest("hex");

  beforeAll(() => {
    mkdirSync(path.join(home, "portico"));
    mkdirSync(path.join(home, "bin"));
    writeFileSync(path.join(home, "portico/web-1.pyz"), content);
    writeFileSync(path.join(home, "bin/sudo"), '#!/bin/sh\nshift\nexec "$@"\n');
    chmodSync(path.join(home, "bin/sudo"), 0o755);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  function call(bundle: string, digest: string) {
    const command = callHostProgram({ bundle, sha256: digest, command: "stage", seconds: 20 });
    return spawnSync("sh", ["-c", command], { cwd: home, encoding: "utf8", env: { PATH: `${home}/bin:${process.env.PATH}` } });
  }

  it("runs a bundle with the expected bytes", () => {
    expect(call("web-1.pyz", sha256)).toMatchObject({ status: 0, stdout: "ran\n" });
  });

  it("runs nothing of a bundle with other bytes, or of a missing one", () => {
    for (const result of [call("web-1.pyz", "0".repeat(64)), call("web-2.pyz", sha256)]) {
      expect(result.status).toBe(1);
      expect(result.stdout).toBe("");
      expect(result.stderr).toContain("is missing or damaged");
    }
  });
});
