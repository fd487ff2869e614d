import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { demand } from "../base/command";
import { benchCache, workspace } from "../base/places";
import { say } from "../base/progress";
import { copySample } from "../peers/application";
import type { StockFleet } from "../peers/stockFleet";
import type { Deployer } from "./deployer";
import { changeTemplate } from "./template";

const version = "2.19.14";
const packagingVersion = "25.0";
const playbook = path.join(__dirname, "files/playbook.yml");

/** The playbook that teams write, all hosts at once, with the settings that Ansible comes with, or pipelined. */
export function ansible(fleet: StockFleet, pipelining: boolean): Deployer {
  const name = pipelining ? "ansible-pipelined" : "ansible";
  const folder = path.join(workspace, name);
  const app = path.join(folder, "app");
  const inventory = path.join(folder, "inventory.ini");

  const fit = async (hosts: number) => {
    await provideAnsible();
    await fleet.fit(hosts);
    const packaging = await providePackaging();
    for (const { name: host } of fleet.hosts()) fleet.machines.copy(host, packaging, "/usr/lib/python3/dist-packages");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    copySample(app);
    const login = `ansible_user=admin ansible_ssh_private_key_file=${fleet.machines.loginKey}`;
    const lines = fleet.hosts().map(({ address }) => `${address} ${login}`);
    writeFileSync(inventory, ["[web]", ...lines, ""].join("\n"));
  };

  const deploy = async () => {
    const started = Date.now();
    const archive = path.join(folder, "app.tar.gz");
    // As git archive does: the same files give the same archive, so that a release is named by its content.
    const sameAlways = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    await demand(["tar", "-C", app, ...sameAlways, "-I", "gzip -n", "-cf", archive, "."]);
    const release = createHash("sha256").update(readFileSync(archive)).digest("hex").slice(0, 12);
    const values = JSON.stringify({ release, archive });
    await demand([await provideAnsible(), "-i", inventory, "-e", values, playbook], {
      env: { ...process.env, ...settings, ANSIBLE_PIPELINING: String(pipelining), ANSIBLE_HOME: folder },
    });
    return (Date.now() - started) / 1000;
  };

  const about = `ansible-core ${version}, the usual playbook${pipelining ? ", pipelined" : ""}`;
  return { name, about, fit, change: () => changeTemplate(app), deploy, links: () => fleet.links() };
}

/** The machines of the bench are new, and nobody has their host keys in a file. */
const settings = { ANSIBLE_HOST_KEY_CHECKING: "False", ANSIBLE_LOCALHOST_WARNING: "False", LC_ALL: "C.UTF-8" };

async function provideAnsible(): Promise<string> {
  const folder = path.join(benchCache(), `ansible-${version}`);
  const program = path.join(folder, "bin/ansible-playbook");
  if (!existsSync(program)) {
    say(`installing ansible-core ${version}`);
    await demand(["python3", "-m", "venv", folder]);
    await demand([path.join(folder, "bin/pip"), "install", "-q", `ansible-core==${version}`]);
  }
  return program;
}

/** What Ansible's pip module needs of the system's Python; on Debian the package python3-packaging. */
async function providePackaging(): Promise<string> {
  const folder = path.join(benchCache(), `packaging-${packagingVersion}`);
  const words = ["install", "-q", "--no-compile", "--target", folder, `packaging==${packagingVersion}`];
  if (!existsSync(folder)) await demand(["python3", "-m", "pip", ...words]);
  return folder;
}
