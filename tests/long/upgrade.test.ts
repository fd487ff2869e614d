import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { checkout, copyCheckout } from "../support/checkoutCopy";
import { installNftables } from "../support/laterPackage";
import { run } from "../support/run";
import { askAsStranger } from "../support/stranger";
import { lostIn, startLoad, type Report } from "../support/strictClient";
import { removeWorkspace, TestStack } from "../support/testStack";
import { describeRunning } from "../machine/settings/running";

/**
 * A stack of an older commit takes this one under load, and goes back. PORTICO_TEST_FORMER names the commit, from which nothing may be
 * lost. Without it that is the one of 0.1.0: what its balancer loses then is printed, docs/upgrading.md has it.
 */
jest.setTimeout(20 * 60 * 1000);

const version010 = "a683a15";
const former = process.env.PORTICO_TEST_FORMER ?? version010;

const stack = new TestStack();
const hosts = ["web-1", "web-2", "balancer"];

/** Puts the files of a commit in the place of those that are there; state and stack file stay. */
async function lay(files: (folder: string) => void | Promise<void>): Promise<void> {
  mkdirSync(stack.folder, { recursive: true });
  const kept = [".portico", path.basename(stack.stackFile)];
  for (const name of readdirSync(stack.folder).filter((each) => !kept.includes(each)))
    rmSync(path.join(stack.folder, name), { recursive: true });
  await files(stack.folder);
}

/** Its packages are its own. */
async function layFormer(folder: string): Promise<void> {
  const archive = execFileSync("git", ["archive", former], { cwd: checkout, maxBuffer: 256 * 1024 * 1024 });
  execFileSync("tar", ["--extract", `--directory=${folder}`], { input: archive });
  const { code, output } = await run(["bin/setup"], { cwd: folder });
  if (code !== 0) throw new Error(output);
}

/** What would be done to resources, by the engine's own plan; that the program reads its own former outputs is none of it. */
async function planned(): Promise<Record<string, string[]>> {
  const { stdout, code, output } = await stack.pulumi(["preview", "--json"]);
  if (code !== 0) throw new Error(output);
  const plan = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
  const steps = plan.steps.filter(({ op, urn }) => op !== "same" && !(op === "read" && urn.endsWith("::self")));
  const ops = [...new Set(steps.map(({ op }) => op))];
  return Object.fromEntries(
    ops.map((op) => [op, steps.filter((step) => step.op === op).map(({ urn }) => urn.split("::").at(-1)!)]),
  );
}

async function updateUnderLoad(): Promise<Report> {
  const load = startLoad({ ...stack.target("load"), connections: 8, pauseMs: 20, maxSeconds: 600, fresh: true });
  const { code, output } = await stack.up();
  const report = await load.stop();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  return report;
}

function machines(): Record<string, number> {
  return Object.fromEntries(Object.entries(describeRunning(stack)).map(([name, { process }]) => [name, process]));
}

/** Whether the former commit has a line in a file. */
function formerHas(file: string, line: string): boolean {
  const shown = spawnSync("git", ["show", `${former}:${file}`], { cwd: checkout, encoding: "utf8" });
  return shown.stdout.split("\n").includes(line);
}

/** A program from before Nginx handed over its sockets restarts it for its own unit: docs/upgrading.md says what that costs. */
const restartsNginx = () => !formerHas("files/common/etc/systemd/system/portico-nginx.service", "Type=forking");

function expectServed(report: Report, { back = false } = {}): void {
  process.stdout.write(`${report.attempts} requests, ${report.failures.total} lost, slowest ${report.slowestMs} ms\n`);
  if (former === version010) return;
  const lost = lostIn(report);
  const neverOpened = /refused: ECONN(REFUSED|RESET)$/;
  expect(back && restartsNginx() ? lost.filter((each) => !neverOpened.test(each)) : lost).toEqual([]);
}

function firewalls(): string[] {
  const script = "systemctl is-active portico-firewall.service; nft list tables | grep -c portico";
  const told = hosts.map((host) => stack.onHost(host, `${script} || true`).trim().split("\n"));
  return told.map(([state, tables]) =>
    tables === (state === "active" ? "1" : "0") ? state! : `${state}, ${tables} tables`,
  );
}

let before: Record<string, number>;

beforeAll(async () => {
  await removeWorkspace();
  await lay(layFormer);
  await stack.begin(`planted-${randomBytes(16).toString("hex")}`);
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
  stack.addClients();
  before = machines();
});
afterAll(() => removeWorkspace());

it("the update replaces and deletes no machine, and succeeds under load", async () => {
  await lay(copyCheckout);
  await installNftables(stack, hosts);
  const { create = [], replace = [], delete: removed = [] } = await planned();
  process.stdout.write(
    `planned: create ${create.join(" ")}; replace ${replace.join(" ")}; delete ${removed.join(" ")}\n`,
  );
  expect(replace.filter((name) => /-machine$|^network$|^authority/.test(name))).toEqual([]);
  expectServed(await updateUnderLoad());
  expect(machines()).toEqual(before);
  expect(askAsStranger(stack)).toBe("403");
  expect(await planned()).toEqual({});
  expect(firewalls()).toEqual(["active", "active", "active"]);
});

it("hosts of the new program take the old one back, and the new one again", async () => {
  await lay(layFormer);
  expectServed(await updateUnderLoad(), { back: true });
  const firewall = formerHas("files/common/etc/systemd/system/portico-firewall.service", "[Unit]")
    ? "active"
    : "inactive";
  expect(firewalls()).toEqual([firewall, firewall, firewall]);
  await lay(copyCheckout);
  expectServed(await updateUnderLoad());
  expect(machines()).toEqual(before);
});
