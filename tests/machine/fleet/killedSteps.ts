import { every, sampled } from "../../support/sample";
import type { TestStack } from "../../support/testStack";
import { changeApp, bringUp, perform, problemsOf, releases, statusOf, type Recorded } from "./support";

const host = "web-1";
const record = "/var/lib/portico/record.json";
const migration = { command: ["python", "-c", "print('killed-steps-marker')"], seconds: 30 };

/** Two releases of the host, as they can be staged and activated by hand, and the steps that the host program lists. */
interface Trial {
  first: Recorded;
  second: Recorded;
  steps: string[];
}

/** A staged release: `line` is what `stage` printed. */
interface Plan {
  recorded: Recorded;
  line: string;
}

export function describeKilledSteps(stack: TestStack): void {
  describe("a host program killed right before a step is healed by the next call, whichever of those that it lists", () => {
    let trial: Trial;
    beforeAll(async () => (trial = await prepare(stack)));
    afterAll(async () => {
      stack.set("app", { migration: undefined });
      changeApp(stack, "after killed steps");
      await bringUp(stack);
    });

    it("of stage and activate", () => {
      const tried = trial.steps.filter((step) => /^(stage|activate):/.test(step));
      expect(tried.length).toBeGreaterThan(30);
      let turn = 0;
      for (const step of sampled(tried, every(7))) {
        const recorded = turn++ % 2 === 0 ? trial.first : trial.second;
        const staged = perform(stack, host, recorded, "stage", step);
        const line = staged.code === 0 ? staged.stdout : perform(stack, host, recorded, "stage").stdout;
        const activated = perform(stack, host, { ...recorded, stdin: line }, "activate", step);
        expect({ step, killed: staged.code === 137 || activated.code === 137 }).toEqual({ step, killed: true });
        if (activated.code !== 0)
          expect({ step, ...codeOf(perform(stack, host, { ...recorded, stdin: line }, "activate")) }).toEqual({
            step,
            code: 0,
          });
        expectServing(stack, step, revisionOf(line));
      }
    });

    it("of migrate, which then has run for that release", () => {
      for (const step of sampled(stepsOf(trial, "migrate"), every(2))) {
        const { recorded, line } = stageAgain(stack, trial.second);
        forgetMigrations(stack);
        const before = markers(stack);
        expect({ step, ...codeOf(perform(stack, host, recorded, "migrate", step)) }).toEqual({ step, code: 137 });
        expect({ step, ...codeOf(perform(stack, host, recorded, "migrate")) }).toEqual({ step, code: 0 });
        const { release } = JSON.parse(line) as { release: string };
        expect({
          step,
          migrated: migratedReleases(stack).includes(release),
          problems: problemsOf(stack, host),
        }).toEqual({ step, migrated: true, problems: [] });
        // Twice when it had run and was not recorded yet: a migration has to bear that.
        expect(markers(stack) - before).toBe(step === "migrate:record" ? 2 : 1);
      }
    });

    it("of confirm", () => {
      // The other one is tried out first: to activate what serves already is no trial.
      activateAgain(stack, trial.second);
      let turn = 0;
      for (const step of sampled(stepsOf(trial, "confirm"), every(2))) {
        const { recorded, line } = tryOut(stack, turn++ % 2 === 0 ? trial.first : trial.second);
        expect({ step, ...codeOf(perform(stack, host, recorded, "confirm", step)) }).toEqual({ step, code: 137 });
        expect({ step, ...codeOf(perform(stack, host, recorded, "confirm")) }).toEqual({ step, code: 0 });
        expectServing(stack, step, revisionOf(line));
      }
    });

    it("of activate on a way back, by revert and by rollback in turn", () => {
      let other: Plan = { recorded: trial.first, line: activateAgain(stack, trial.first) };
      let serving: Plan = { recorded: trial.second, line: activateAgain(stack, trial.second) };
      let turn = 0;
      for (const step of sampled(usedOnTheWayBack(trial), every(7))) {
        const reverts = turn++ % 2 === 0;
        if (reverts) tryOut(stack, other.recorded);
        else [other, serving] = [serving, other];
        const { release, revision } = JSON.parse(serving.line) as { release: string; revision: string };
        const command = reverts ? "revert" : "rollback";
        const input = {
          ...trial.first,
          stdin: JSON.stringify(reverts ? { why: "killed steps" } : { release, who: "killed steps" }),
        };
        expect({ command, step, ...codeOf(perform(stack, host, input, command, step)) }).toEqual({
          command,
          step,
          code: 137,
        });
        expect({ command, step, ...codeOf(perform(stack, host, input, command)) }).toEqual({ command, step, code: 0 });
        expectServing(stack, step, revision);
      }
    });
  });
}

async function prepare(stack: TestStack): Promise<Trial> {
  stack.set("app", { migration });
  changeApp(stack, "killed steps A");
  await bringUp(stack);
  const first = await stack.recorded(`${host}-stage`);
  changeApp(stack, "killed steps B");
  await bringUp(stack);
  const second = await stack.recorded(`${host}-stage`);
  expect(new Set(Object.values(releases(stack))).size).toBe(1);
  const steps = stack.onHost(host, `cd /home/admin && python3 -I ${second.bundle} steps`).trim().split("\n");
  return { first, second, steps };
}

function stepsOf({ steps }: Trial, command: string): string[] {
  const found = steps.filter((step) => step.startsWith(`${command}:`));
  expect(found.length).toBeGreaterThan(3);
  return found;
}

/** A way back is called under its own name, so the lock is the caller's and no step of it. */
function usedOnTheWayBack(trial: Trial): string[] {
  return stepsOf(trial, "activate").filter((step) => step !== "activate:lock");
}

/** A stage that has to succeed; `recorded` is then what the next commands take. */
function stageAgain(stack: TestStack, recorded: Recorded): Plan {
  const { code, stdout: line, stderr } = perform(stack, host, recorded, "stage");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return { recorded: { ...recorded, stdin: line }, line };
}

/** Stages and activates for good; answers the line of `stage`. */
function activateAgain(stack: TestStack, recorded: Recorded): string {
  const staged = stageAgain(stack, recorded);
  expect(codeOf(perform(stack, host, staged.recorded, "activate"))).toEqual({ code: 0 });
  return staged.line;
}

/** Activates on trial: the lease is armed, and longer than this test needs. */
function tryOut(stack: TestStack, recorded: Recorded): Plan {
  const staged = stageAgain(stack, recorded);
  const stdin = JSON.stringify({ ...(JSON.parse(staged.line) as object), leaseSeconds: 600 });
  expect(codeOf(perform(stack, host, { ...recorded, stdin }, "activate"))).toEqual({ code: 0 });
  expect(statusOf(stack, host).lease).not.toBeNull();
  return staged;
}

function expectServing(stack: TestStack, step: string, revision: string): void {
  const { current, lease } = statusOf(stack, host);
  expect({ step, revision: current.revision, lease, problems: problemsOf(stack, host) }).toEqual({
    step,
    revision,
    lease: null,
    problems: [],
  });
}

function revisionOf(line: string): string {
  return (JSON.parse(line) as { revision: string }).revision;
}

function codeOf({ code }: { code: number }): { code: number } {
  return { code };
}

function forgetMigrations(stack: TestStack): void {
  stack.onHost(
    host,
    `python3 -c 'import json; value = json.load(open("${record}")); value["migrated"] = {}; json.dump(value, open("${record}", "w"))'`,
  );
}

function migratedReleases(stack: TestStack): string[] {
  return Object.keys(
    (JSON.parse(stack.onHost(host, `cat ${record}`)) as { migrated: Record<string, string> }).migrated,
  );
}

function markers(stack: TestStack): number {
  return Number(
    stack.onHost(
      host,
      "journalctl --sync; journalctl --no-pager --output=cat --unit=portico-app@migration.service | grep -c '^killed-steps-marker' || true",
    ),
  );
}
