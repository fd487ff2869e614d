import { effectsOn, type Effect } from "../../lib/settings/changes";
import type { SettingKey } from "../../lib/settings/schema";
import { settingKeys } from "../../lib/settings/reference";
import type { Settings } from "../../lib/settings";
import { awsFile } from "../support/awsFile";
import { effectsBetween } from "../support/changeEffects";
import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { changed } from "../support/changedSettings";
import { north, settingTrials, south, type Trial } from "../support/settingTrials";
import { stackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { TrialPlace, trialDomains } from "../support/trialPlace";

/** For each setting: what the table says a change does is what the engine would be told to do. */
type Target = Settings["target"];

const makeFolder = temporaryFolders();
const place = new TrialPlace(makeFolder());
const trials = settingTrials(place);
const keys = Object.keys(trials) as SettingKey[];
const app = { folder: place.app, module: "trial:app", streamPaths: ["/events"], generatedSecrets: ["appSecretKey"] };
const loginKey = "-----BEGIN OPENSSH PRIVATE KEY----- of the login user";
const bases: Record<Target, { settings: Record<string, unknown>; secrets: Record<string, string> }> = {
  local: { settings: { target: "local", app, site: { domains: trialDomains } }, secrets: {} },
  hosts: {
    settings: { target: "hosts", app, site: { domains: trialDomains }, hosts: { machines: [north, south] } },
    secrets: { loginKey },
  },
  aws: {
    settings: Object.fromEntries(
      Object.entries(awsFile("staging")).map(([key, value]) => [key.replace("portico:", ""), value]),
    ),
    secrets: {},
  },
};
let program: Program;
const previous = new Map<string, Recording>();

beforeAll(() => {
  program = new Program(makeFolder());
});

async function recordingOf(
  target: Target,
  changes: Record<string, unknown>,
  secrets: Record<string, string>,
  before?: Recording,
  aws: Trial["onAws"] = {},
): Promise<Recording> {
  const base = bases[target];
  const file = stackFile(changed(base.settings, changes));
  const all = Object.fromEntries(
    Object.entries({ ...base.secrets, ...secrets }).map(([name, value]) => [`portico:${name}`, value]),
  );
  const outputs = before?.outputsOf("Stack");
  return program.attempt({
    file,
    secrets: all,
    aws: aws.answers ?? {},
    ...(outputs && {
      history: outputs.history,
      previousGeneration: Number(outputs.authorityGeneration),
      previousPlace: outputs.place,
    }),
  });
}

async function before(target: Target, { before: changes = {}, secretsBefore = {} }: Trial): Promise<Recording> {
  const key = JSON.stringify([target, changes, secretsBefore]);
  const known = previous.get(key) ?? (await recordingOf(target, changes, secretsBefore));
  if (known.error !== undefined) throw known.error;
  previous.set(key, known);
  return known;
}

async function effectsOf(target: Target, key: SettingKey): Promise<Effect[]> {
  const trial = trials[key];
  const old = await before(target, trial);
  const to = target === "aws" ? (trial.onAws?.to ?? trial.to) : trial.to;
  const now = await recordingOf(
    target,
    { ...trial.before, ...trial.with, [key]: to },
    { ...trial.secretsBefore, ...trial.secrets },
    old,
    trial.onAws,
  );
  if (now.error === undefined) return effectsBetween(old, now);
  // Refused for what it is, not for a value that would be refused on any stack.
  if (!String(now.error).includes(", which the stack has; set it back")) throw now.error;
  return ["refused"];
}

it("there is another value for every setting of the reference, and for no other", () => {
  expect([...keys].sort()).toEqual(settingKeys().sort());
});

/** Each on the targets whose stacks have it; the others are the same settings in the same files. */
const on = (target: Target) =>
  keys.filter((key) =>
    /^(aws|hosts|local)\./.test(key)
      ? key.startsWith(`${target}.`)
      : target === "local" || effectsOn(target, key).join() !== effectsOn("local", key).join(),
  );

describe.each<Target>(["local", "hosts", "aws"])("on a stack of target %s that is up", (target) => {
  it.each(on(target))("a change of %s does what the table says", async (key) => {
    expect(await effectsOf(target, key)).toEqual(effectsOn(target, key));
  });
});
