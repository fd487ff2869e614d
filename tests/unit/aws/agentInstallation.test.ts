import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { userData } from "../../../lib/targets/aws/userData";
import { temporaryFolders } from "../../support/temporaryFolder";
import { parse } from "yaml";

const makeFolder = temporaryFolders();

interface Troubles {
  /** Times that python3 fails. */
  fetch?: number;
  /** Times that apt-get fails. */
  install?: number;
  /** Whether python3 hangs the first time. */
  hangs?: boolean;
}

/** Runs the command of the first boot in a folder that stands for the machine; a second there is as long as two minutes. */
function firstBoot({ fetch = 0, install = 0, hangs = false }: Troubles) {
  const folder = makeFolder();
  const log = path.join(folder, "log");
  writeFileSync(log, "");
  writeFileSync(path.join(folder, "fetch"), "x".repeat(fetch));
  writeFileSync(path.join(folder, "install"), "x".repeat(install));
  if (hangs) writeFileSync(path.join(folder, "hangs"), "");
  const failing = (what: string) =>
    `f=$(cat ${folder}/${what}); [ -z "$f" ] || { printf %s "\${f#x}" >${folder}/${what}; exit 1; }`;
  const programs = {
    python3: `echo fetch >>${log}; if [ -e ${folder}/hangs ]; then rm ${folder}/hangs; exec /bin/sleep 600; fi; ${failing("fetch")}`,
    "apt-get": `echo "apt-get $*" >>${log}; ${failing("install")}`,
    sleep: "",
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  const keys = { loginPublicKey: "l", hostPublicKey: "h", bootKey: { private: "p", public: "q" } };
  const text = userData({
    platform: "debian-13",
    architecture: "x86_64",
    user: "admin",
    agentRegion: "eu-central-1",
    ...keys,
  });
  const [command = "", ...words] = (parse(text) as { runcmd: string[][] }).runcmd[0]!;
  const { status } = spawnSync(
    command,
    words.map((word) => word.replaceAll("/run/", `${folder}/`).replace("timeout 120", "timeout 1")),
    { env: { PATH: `${folder}:${process.env.PATH}` } },
  );
  return { status, calls: readFileSync(log, "utf8").trim().split("\n") };
}

it("the agent is fetched and installed, waiting for other installations", () => {
  const { status, calls } = firstBoot({});
  expect(status).toBe(0);
  expect(calls).toEqual([
    "fetch",
    expect.stringMatching(/^apt-get -o DPkg::Lock::Timeout=300 install -y .*amazon-ssm-agent\.deb$/),
  ]);
});

it("a network that is not there is asked again for as long as it takes", () => {
  const { status, calls } = firstBoot({ fetch: 30 });
  expect(status).toBe(0);
  expect(calls.filter((call) => call === "fetch")).toHaveLength(31);
  expect(calls.at(-1)).toMatch(/^apt-get /);
});

it("a fetch that hangs is ended and tried again", () => {
  const { status, calls } = firstBoot({ hangs: true });
  expect(status).toBe(0);
  expect(calls).toEqual(["fetch", "fetch", expect.stringMatching(/^apt-get /)]);
});

it("an installation that fails is tried again with a new fetch", () => {
  const { status, calls } = firstBoot({ install: 2 });
  expect(status).toBe(0);
  expect(calls.map((call) => call.split(" ")[0])).toEqual(["fetch", "apt-get", "fetch", "apt-get", "fetch", "apt-get"]);
});
