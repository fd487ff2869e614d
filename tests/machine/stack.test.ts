import { randomBytes } from "node:crypto";
import { everything } from "../support/sample";
import { TestStack } from "../support/testStack";
import { describeBrokenReleases } from "./scenarios/brokenReleases";
import { describeFirewall } from "./scenarios/firewall";
import { describeFirstUp } from "./scenarios/firstUp";
import { describeHealing } from "./scenarios/healing";
import { describeHostChanges } from "./scenarios/hostChanges";
import { describeHealthCheck } from "./scenarios/healthCheck";
import { describeHosts } from "./scenarios/hosts";
import { describeInterruptions } from "./scenarios/interruptions";
import { describeOneOffCommands } from "./scenarios/oneOffCommands";
import { describePreload } from "./scenarios/preload";
import { describeRefusals } from "./scenarios/refusals";
import { describeReleases } from "./scenarios/releases";
import { describeRemoval } from "./scenarios/removal";
import { describeSandbox } from "./scenarios/sandbox";
import { describeSecrecy } from "./scenarios/secrecy";
import { describeSlotLimits } from "./scenarios/limits";
import { describeSettingsChange } from "./scenarios/settingsChange";
import { describeSite } from "./scenarios/site";
import { describeUpdates } from "./scenarios/updates";

jest.setTimeout(10 * 60 * 1000);

/** One stack for all scenarios, in the order of its life: making one takes most of the time. */
const stack = new TestStack();
const plantedSecret = `planted-${randomBytes(16).toString("hex")}`;

beforeAll(() => stack.create(plantedSecret));
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));

describeFirstUp(stack, plantedSecret);
describeSite(stack);
describeHealthCheck(stack);
describeHosts(stack);
describeFirewall(stack);
describeReleases(stack);
describeBrokenReleases(stack);
describeSandbox(stack);
describeOneOffCommands(stack, plantedSecret);
describeSlotLimits(stack);
if (everything) describePreload(stack);
describeSettingsChange(stack);
describeRefusals(stack);
describeSecrecy(stack, plantedSecret);
describeHostChanges(stack);
describeUpdates(stack);
describeHealing(stack);
describeInterruptions(stack);
describeRemoval(stack);
