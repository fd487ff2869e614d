import { randomBytes } from "node:crypto";
import { givenAddress } from "../support/givenMachines";
import { HostsStack, removeHostsWorkspace } from "../support/hostsStack";
import { describeBackups } from "./operator/backups";
import { describeDeadHost } from "./operator/deadHost";
import { describeHangs } from "./operator/hangs";
import { describeInterferingRollback } from "./operator/interferingRollback";
import { describeKilledUp } from "./operator/killedUp";
import { describeLostState } from "./operator/lostState";

jest.setTimeout(10 * 60 * 1000);

/** Two application hosts and a balancer that no stack made, so that one of them can be gone and nothing boots it again. */
const machine = (name: string, address: string, role: string) => ({
  name,
  address,
  suite: "trixie" as const,
  memoryMegabytes: 768,
  roles: [role],
  platform: "debian-13",
});
const stack = new HostsStack(
  [
    machine("north", givenAddress(11), "web"),
    machine("south", givenAddress(12), "web"),
    machine("edge", givenAddress(10), "balancer"),
  ],
  {
    startSeconds: 15,
    readySeconds: 15,
    deadlineSeconds: 13,
    memoryMegabytes: 256,
  },
);

beforeAll(async () => {
  await stack.create(`planted-${randomBytes(16).toString("hex")}`);
  stack.set("gunicorn", { gracefulTimeoutSeconds: 13 });
  stack.set("balancer", { drainSeconds: 14 });
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
});
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));
afterAll(() => removeHostsWorkspace());

describeHangs(stack);
describeInterferingRollback(stack);
describeDeadHost(stack);
describeKilledUp(stack);
describeBackups(stack);
describeLostState();
