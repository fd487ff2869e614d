import { randomBytes } from "node:crypto";
import { changes, effectsOn, type Effect } from "../../lib/settings/changes";
import type { SettingKey } from "../../lib/settings/schema";
import { sampled } from "../support/sample";
import { lostIn, startLoad } from "../support/strictClient";
import { settingTrials, type Trial } from "../support/settingTrials";
import { clients, removeWorkspace, TestStack } from "../support/testStack";
import { TrialPlace } from "../support/trialPlace";
import { describeRunning, effectsBetween, type Running } from "./settings/running";

/**
 * Every setting, changed one at a time on a stack of two hosts under POST and GET: no request is lost, nothing is done by hand, and
 * what happens is what the table says. `npm run test:long` takes all of them, `npm test` some of each kind.
 *
 * Each request has a connection of its own: Nginx before 1.27.4 closes kept ones when it reloads, some of them just as a client
 * writes, which no setting of it avoids.
 */
const some: SettingKey[] = [
  "local.addressRange",
  "site.domains",
  "app.livePath",
  "app.environment",
  "authority.generation",
  "local.webMachines",
];

jest.setTimeout(5 * 60 * 1000);

const stack = new TestStack({ local: { web: { cpus: 2 } } });
let place: TrialPlace;
let trials: Record<SettingKey, Trial>;

beforeAll(async () => {
  await stack.create(`planted-${randomBytes(16).toString("hex")}`);
  place = new TrialPlace(stack.folder);
  trials = settingTrials(place);
  trials["app.secrets"] = { ...trials["app.secrets"], to: ["plantedSecret", "paymentKey"] };
  trials["nginx.rateLimits.exempt"] = { to: [`${clients.load}/32`, `${clients.greedy}/32`] };
  stack.change({
    "app.folder": place.app,
    "app.module": "trial:app",
    "site.domains": ["portico.internal", "shop.internal"],
  });
  await bringUp();
  stack.addClients();
});
beforeEach(
  () =>
    void process.stderr.write(`   … ${new Date().toISOString().slice(11, 19)} ${expect.getState().currentTestName}\n`),
);
afterAll(() => removeWorkspace());

async function bringUp(): Promise<void> {
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
}

async function setSecrets(secrets: Record<string, string> = {}): Promise<void> {
  for (const [name, value] of Object.entries(secrets)) await stack.setSecret(name, value);
}

/** Brings the stack to where the setting means something, where it is not there yet. */
async function prepare({ before = {}, secretsBefore }: Trial): Promise<void> {
  const missing = Object.keys(before).filter((key) => JSON.stringify(stack.given(key)) !== JSON.stringify(before[key]));
  if (missing.length === 0) return;
  await setSecrets(secretsBefore);
  const restore = stack.change(before);
  // What cannot be prepared fails this trial, and none of those after it.
  await bringUp().catch((reason: unknown) => {
    restore();
    throw reason;
  });
}

/** A visitor by name, who believes the stack's own authority and the one of the public certificates. */
function visitor() {
  const target = stack.target("load");
  return { ...target, ca: `${target.ca}${place.read("root.crt")}`, servername: "portico.internal" };
}

/** A change that is refused is taken back. */
async function changeUnderLoad(key: SettingKey, { to, with: further, secrets }: Trial) {
  const before = describeRunning(stack);
  const load = startLoad({ ...visitor(), connections: 8, pauseMs: 20, maxSeconds: 300, fresh: true });
  await setSecrets(secrets);
  const restore = stack.change({ ...further, [key]: to });
  const { code, output } = await stack.up();
  const report = await load.stop();
  const after = describeRunning(stack);
  if (code !== 0) restore();
  return { code, output, report, before, after };
}

function happened(code: number | null, output: string, before: Running, after: Running): Effect[] {
  if (code === 0) return effectsBetween(before, after);
  if (!output.includes("nothing was changed") || !output.includes("which the stack has")) throw new Error(output);
  expect(after).toEqual(before);
  return ["refused"];
}

const all = (Object.keys(changes) as SettingKey[]).filter((key) => !/^(hosts|aws)\./.test(key));
const chosen = sampled(all, (key) => some.includes(key));

it.each(chosen)("a change of %s loses no request and does what the table says", async (key) => {
  await prepare(trials[key]);
  const { code, output, report, before, after } = await changeUnderLoad(key, trials[key]);
  expect({ key, lost: lostIn(report), effects: happened(code, output, before, after) }).toEqual({
    key,
    lost: [],
    effects: effectsOn("local", key),
  });
  expect(report.succeeded).toBeGreaterThan(20);
  process.stdout.write(
    `${key}: ${report.attempts} requests, ${report.failures.total} lost, slowest ${report.slowestMs} ms\n`,
  );
});
