import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { userData } from "../../../lib/aws/userData";
import { temporaryFolders } from "../../support/temporaryFolder";
import { parseYaml } from "../../support/yaml";

const makeFolder = temporaryFolders();

/** Runs the command of the first boot in a folder that stands for the machine; python3 fails so many times. */
function firstBoot(failures: number) {
  const folder = makeFolder();
  const log = path.join(folder, "log");
  writeFileSync(log, "");
  writeFileSync(path.join(folder, "failures"), "x".repeat(failures));
  const programs = {
    python3: `echo fetch >>${log}; f=$(cat ${folder}/failures); [ -z "$f" ] || { printf %s "\${f#x}" >${folder}/failures; exit 1; }`,
    "apt-get": `echo "apt-get $*" >>${log}`,
    sleep: "",
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  const keys = { loginPublicKey: "l", hostPublicKey: "h", bootKey: { private: "p", public: "q" } };
  const text = userData({ platform: "debian-13", architecture: "x86_64", user: "admin", agentRegion: "eu-central-1", ...keys });
  const [command = "", ...words] = (parseYaml(text) as { runcmd: string[][] }).runcmd[0]!;
  const { status } = spawnSync(command, words.map((word) => word.replaceAll("/run/", `${folder}/`)), { env: { PATH: `${folder}:${process.env.PATH}` } });
  return { status, calls: readFileSync(log, "utf8").trim().split("\n") };
}

it("the agent is fetched and installed, waiting for other installations", () => {
  const { status, calls } = firstBoot(0);
  expect(status).toBe(0);
  expect(calls).toEqual(["fetch", expect.stringMatching(/^apt-get -o DPkg::Lock::Timeout=300 install -y .*amazon-ssm-agent\.deb$/)]);
});

it("a network that is not there at once is asked again", () => {
  const { status, calls } = firstBoot(3);
  expect(status).toBe(0);
  expect(calls.filter((call) => call === "fetch")).toHaveLength(4);
});
