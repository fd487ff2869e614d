import { randomBytes } from "node:crypto";
import { removeWorkspace, TestStack } from "../support/testStack";
import { describeCertificates } from "./fleet/certificates";
import { describeFleetFailures } from "./fleet/failures";
import { describeFailureModes } from "./fleet/failureModes";
import { describeKilledSteps } from "./fleet/killedSteps";
import { describeMigrations } from "./fleet/migrations";
import { describeManyReleases } from "./fleet/manyReleases";
import { describeRollback } from "./fleet/rollback";
import { bringUp } from "./fleet/support";
import { describeWrongPython } from "./fleet/wrongPython";

jest.setTimeout(30 * 60 * 1000);

/** Three application hosts and a balancer; the limits are short, so that a lease ends within the patience of a test. */
const stack = new TestStack({
  app: { startSeconds: 15, readySeconds: 15, deadlineSeconds: 13, keepReleases: 3, memoryMegabytes: 256 },
  gunicorn: { gracefulTimeoutSeconds: 13 },
  balancer: { drainSeconds: 14 },
  local: { webMachines: 3, web: { memoryMegabytes: 768 } },
});
const plantedSecret = `planted-${randomBytes(16).toString("hex")}`;

beforeAll(async () => {
  await stack.create(plantedSecret);
  await bringUp(stack);
  stack.addClients();
});
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));
afterAll(() => removeWorkspace());

describeFleetFailures(stack, plantedSecret);
describeRollback(stack);
describeMigrations(stack);
describeFailureModes(stack, plantedSecret);
describeWrongPython(stack);
describeKilledSteps(stack);
describeManyReleases(stack);
describeCertificates(stack);
