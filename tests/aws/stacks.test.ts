import { describeCalls } from "./scenarios/calls";
import { describeChanges } from "./scenarios/changes";
import { describeFirstUp } from "./scenarios/firstUp";
import { describeHealing } from "./scenarios/healing";
import { describeHostKeys } from "./scenarios/hostKeys";
import { describeProtection } from "./scenarios/protection";
import { describeRefusals } from "./scenarios/refusals";
import { describeRemoval } from "./scenarios/removal";
import { describeSecrecy } from "./scenarios/secrecy";
import { AwsTests } from "./support/awsTests";

jest.setTimeout(15 * 60 * 1000);

/** Two stacks for all scenarios, in the order of their lives: making one takes most of the time. */
const tests = new AwsTests();

beforeAll(() => tests.open());
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));
afterAll(() => tests.close());

describe("the stack staging", () => {
  describeRefusals(tests);
  describeFirstUp(tests, () => tests.staging, ["web-1", "web-2"]);
  describeSecrecy(tests);
  describeHostKeys(tests);
  describeChanges(tests);
  describeHealing(tests);
  describeRemoval(tests);
});

describe("the stack prod", () => {
  describeFirstUp(tests, () => tests.prod, ["web-1", "web-2", "web-3"]);
  describeProtection(tests);
});

describeCalls(tests);
