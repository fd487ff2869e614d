import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { admitHost, callHostProgram, forgetBootKey, installPackages, waitUntilReady } from "../../lib/hosts/commands";
import { shellLine, shellWord } from "../../lib/base/shellWords";

describe("shellWord", () => {
  it.each(["plain", "a b", "it's", "$HOME", "`id`", "a\nb", "", "*", "~", 'say "hi"', "\\", "-n", "é"])(
    "survives a shell: %j",
    (word) => {
      const seen = execFileSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" });
      expect(seen).toBe(word);
    },
  );

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
    // The real one, too, takes what it runs out of reach of a signal to itself.
    writeFileSync(path.join(home, "bin/sudo"), '#!/bin/sh\nshift\nsetsid "$@" &\nwait $!\n');
    chmodSync(path.join(home, "bin/sudo"), 0o755);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  function call(bundle: string, digest: string, seconds = 20) {
    const command = callHostProgram({ bundle, sha256: digest, command: "stage", seconds });
    return spawnSync("sh", ["-c", command], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: `${home}/bin:${process.env.PATH}` },
    });
  }

  it("runs a bundle with the expected bytes", () => {
    expect(call("web-1.pyz", sha256)).toMatchObject({ status: 0, stdout: "ran\n" });
  });

  it("ends what takes too long, and leaves nothing of it behind", () => {
    const program = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n";
    const digest = createHash("sha256").update(program).digest("hex");
    writeFileSync(path.join(home, "portico/web-4.pyz"), program);
    const { status, stdout } = call("web-4.pyz", digest, 1);
    expect(status).toBe(124);
    expect(existsSync(`/proc/${Number(stdout)}`)).toBe(false);
  });

  it("lets a bundle find no module beside it, nor where the caller's environment says", () => {
    const program = "import json, this_is_nowhere_else\n";
    const digest = createHash("sha256").update(program).digest("hex");
    writeFileSync(path.join(home, "portico/web-3.pyz"), program);
    writeFileSync(path.join(home, "portico/this_is_nowhere_else.py"), "print('intruder')\n");
    const command = callHostProgram({ bundle: "web-3.pyz", sha256: digest, command: "stage", seconds: 20 });
    const { status, stdout } = spawnSync("sh", ["-c", command], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: `${home}/bin:${process.env.PATH}`, PYTHONPATH: path.join(home, "portico") },
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });

  it("runs nothing of a bundle with other bytes, or of a missing one", () => {
    for (const result of [call("web-1.pyz", "0".repeat(64)), call("web-2.pyz", sha256)]) {
      expect(result.status).toBe(1);
      expect(result.stdout).toBe("");
      expect(result.stderr).toContain("is missing or damaged");
    }
  });
});

describe("waitUntilReady", () => {
  const home = mkdtempSync(path.join(tmpdir(), "portico-ready-"));
  const program = (name: string, text: string) =>
    writeFileSync(path.join(home, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const wait = () =>
    spawnSync("sh", ["-c", waitUntilReady()], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: `${home}:${process.env.PATH}` },
    });

  beforeEach(() => {
    rmSync(path.join(home, "portico"), { recursive: true, force: true });
    program("sudo", 'shift; exec "$@"');
    program("systemctl", "echo running");
    program("cloud-init", "exit 0");
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it("makes a folder that only the login user reads, for bundles and releases", () => {
    expect(wait()).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(path.join(home, "portico")).mode & 0o777).toBe(0o700);
  });

  it("takes a boot with warnings, and says what is missing otherwise", () => {
    program("cloud-init", "exit 2");
    program("systemctl", 'case "$*" in *--wait) exit 1 ;; *) echo degraded ;; esac');
    expect(wait().status).toBe(0);
    program("cloud-init", "exit 1");
    expect(wait()).toMatchObject({ status: 1, stderr: "cloud-init did not finish\n" });
    program("cloud-init", "exit 0");
    program("sudo", "exit 1");
    expect(wait()).toMatchObject({ status: 1, stderr: "the login user needs sudo without a password\n" });
  });
});

describe("installPackages", () => {
  const home = mkdtempSync(path.join(tmpdir(), "portico-packages-"));
  const log = path.join(home, "log");
  const program = (name: string, text: string) => {
    writeFileSync(path.join(home, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(home, name), 0o755);
  };

  beforeEach(() => {
    writeFileSync(log, "");
    program("sudo", 'shift; exec "$@"');
    program("sleep", "");
    program("dpkg", "");
    program(
      "dpkg-query",
      'for last; do :; done\ncase " $INSTALLED " in *" $last "*) printf installed ;; *) exit 1 ;; esac',
    );
    program(
      "apt-get",
      `for last; do :; done\necho "apt-get $DEBIAN_FRONTEND $*" >>${log}\n[ "$last" != "\${BROKEN:-}" ] || exit 100`,
    );
    program("systemctl", `echo "systemctl $*" >>${log}\n[ "$1" != cat ] || [ "\${UNIT:-}" = there ]`);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  function install(environment: Record<string, string>) {
    const command = installPackages({ packages: ["logrotate", "nginx"], maskedUnits: ["nginx.service"] });
    const result = spawnSync("sh", ["-c", command], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: `${home}:${process.env.PATH}`, ...environment },
    });
    return {
      ...result,
      calls: readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    };
  }

  it("asks nobody when all are there", () => {
    expect(install({ INSTALLED: "nginx logrotate" })).toMatchObject({ status: 0, calls: [], stderr: "" });
  });

  it("installs what is missing, and keeps its unit from starting first", () => {
    const { status, calls, stderr } = install({ INSTALLED: "logrotate" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "installing nginx\n" });
    const order = [
      "systemctl cat nginx.service",
      "systemctl mask --quiet nginx.service",
      expect.stringMatching(/^apt-get noninteractive .* update$/),
      expect.stringMatching(/ --no-install-recommends -y install nginx$/),
    ];
    expect(calls).toEqual(order);
    expect(calls.at(-1)).toContain("-o DPkg::Lock::Timeout=300");
  });

  it("leaves a unit alone that is there already", () => {
    const { calls } = install({ INSTALLED: "nginx", UNIT: "there" });
    expect(calls.filter((call) => call.includes("mask"))).toEqual([]);
  });

  it("installs although a source of packages fails", () => {
    const { status, calls } = install({ INSTALLED: "nginx", BROKEN: "update" });
    expect(status).toBe(0);
    expect(calls.filter((call) => call.endsWith(" update"))).toHaveLength(3);
    expect(calls.at(-1)).toMatch(/ install logrotate$/);
  });

  it("says what is missing and what to do when it cannot be had", () => {
    const { status, stderr } = install({ INSTALLED: "logrotate", BROKEN: "nginx" });
    expect(status).toBe(1);
    expect(stderr).toContain(
      "packages: could not install nginx; give the host a way to its package sources, or an image that has them",
    );
  });
});

describe("admitHost and forgetBootKey", () => {
  const home = mkdtempSync(path.join(tmpdir(), "portico-admit-"));
  const host = path.join(home, "ssh");
  const inHost = (command: string) => command.replaceAll("/etc/ssh", host);
  const run = (command: string, input?: string) =>
    spawnSync("sh", ["-c", inHost(command)], {
      input,
      encoding: "utf8",
      env: { PATH: `${home}/bin:${process.env.PATH}` },
    });
  const files = () => readdirSync(host).sort();
  const both = ["ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"];
  let key: string;
  let publicKey: string;

  beforeAll(() => {
    mkdirSync(path.join(home, "bin"));
    for (const [name, text] of [
      ["sudo", 'shift; exec "$@"'],
      ["sshd", ""],
      ["systemctl", `echo "$*" >>${home}/reloads`],
    ] as const) {
      writeFileSync(path.join(home, "bin", name), `#!/bin/sh\n${text}\n`);
      chmodSync(path.join(home, "bin", name), 0o755);
    }
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path.join(home, "own")]);
    key = readFileSync(path.join(home, "own"), "utf8");
    publicKey = readFileSync(path.join(home, "own.pub"), "utf8").trim();
  });
  beforeEach(() => {
    rmSync(host, { recursive: true, force: true });
    mkdirSync(host);
    for (const name of both.slice(0, 2)) writeFileSync(path.join(host, name), "boot");
    writeFileSync(path.join(home, "reloads"), "");
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it("puts the host's own key beside the one it booted with, for sshd alone to read, also when it is done twice", () => {
    for (let time = 0; time < 2; time++) expect(run(admitHost(), key).status).toBe(0);
    expect(files()).toEqual(both);
    expect(readFileSync(path.join(host, both[2]!), "utf8")).toBe(key);
    expect(readFileSync(path.join(host, both[3]!), "utf8").trim()).toBe(publicKey);
    expect(statSync(path.join(host, both[2]!)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(home, "reloads"), "utf8")).toBe("reload ssh.service\n".repeat(2));
  });

  it("installs no key that was cut off on its way", () => {
    expect(run(admitHost(), key.slice(0, 200)).status).not.toBe(0);
    expect(files()).not.toContain(both[2]);
    expect(readFileSync(path.join(home, "reloads"), "utf8")).toBe("");
  });

  it("takes away the key it booted with, once", () => {
    expect(run(admitHost(), key).status).toBe(0);
    for (let time = 0; time < 2; time++) expect(run(forgetBootKey()).status).toBe(0);
    expect(files()).toEqual(both.slice(2));
    expect(readFileSync(path.join(home, "reloads"), "utf8")).toBe("reload ssh.service\n".repeat(2));
  });

  it("shows no key in the text of a command, which errors print", () => {
    expect(admitHost()).not.toContain("PRIVATE");
  });
});
