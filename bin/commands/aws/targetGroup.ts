import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { z } from "zod";
import { describeState, hasLeft, remedyFor, type TargetState } from "../../../lib/targets/aws/balancer/targetState";

const target = {
  region: z.string(),
  targetGroupArn: z.string(),
  /** Id of the machine. */
  targetId: z.string(),
  /** Limit for the whole call. */
  seconds: z.number(),
  /** Between two requests. */
  pauseSeconds: z.number().default(3),
};

export const drainInput = z.object(target);
export const waitInput = z.object({
  ...target,
  /** Of the machine, for messages. */
  name: z.string(),
  port: z.number(),
  /** How long it must have been healthy without a break. */
  steadySeconds: z.number(),
});

type Drain = z.infer<typeof drainInput>;
type Wait = z.infer<typeof waitInput>;

/** What limits and pauses count by, in milliseconds; tests have one that goes on only by its pauses. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

const ownClock: Clock = { now: Date.now, sleep };

/** Limits of one request in milliseconds; it is repeated. */
const patience = { connectionTimeout: 5_000, requestTimeout: 10_000 };

/** Until the balancer has found the machine healthy for a while. */
export async function waitUntilHealthy(input: Wait, clock = ownClock): Promise<void> {
  const balancer = new TargetGroup(input, clock);
  const what = `${input.name} (${input.targetId})`;
  let healthySince: number | undefined;
  for await (const { found, now, late } of balancer.poll(what)) {
    healthySince = found?.state === "healthy" ? (healthySince ?? now) : undefined;
    if (healthySince !== undefined && now - healthySince >= input.steadySeconds * 1000) break;
    if (late) {
      throw new Error(
        `${what}, port ${input.port}: got ${describeState(found)}; allowed: healthy for ${input.steadySeconds} s within ${input.seconds} s; ${remedyFor(found)}`,
      );
    }
  }
  process.stdout.write(`${JSON.stringify({ inService: input.name })}\n`);
}

/** Until the balancer has no request under way with the machine; at once when it is not registered, or the target group is gone. */
export async function waitUntilGone(input: Drain, clock = ownClock): Promise<void> {
  const balancer = new TargetGroup(input, clock);
  for await (const { found, late } of balancer.poll(input.targetId)) {
    if (hasLeft(found)) return;
    if (late) {
      const remedy =
        found?.state === "draining"
          ? "run the update again"
          : "it is still registered: deregister it, and run the update again";
      throw new Error(
        `${input.targetId}: got ${describeState(found)}; allowed: no request under way within ${input.seconds} s; ${remedy}`,
      );
    }
  }
}

class TargetGroup {
  private readonly client: ElasticLoadBalancingV2Client;

  constructor(
    private readonly input: Drain,
    private readonly clock: Clock,
  ) {
    this.client = new ElasticLoadBalancingV2Client({ region: input.region, maxAttempts: 5, requestHandler: patience });
  }

  /** Polls the health of the machine and prints each change of it. `late` marks the last answer. */
  async *poll(what: string): AsyncGenerator<{ found: TargetState; now: number; late: boolean }> {
    const limit = this.clock.now() + this.input.seconds * 1000;
    let reported: string | undefined;
    for (;;) {
      const found = await this.find();
      const now = this.clock.now();
      if (describeState(found) !== reported) process.stderr.write(`${what}: ${(reported = describeState(found))}\n`);
      yield { found, now, late: now >= limit };
      await this.clock.sleep(this.input.pauseSeconds * 1000);
    }
  }

  /** Requests the health of all machines: for one that is gone AWS returns an error. */
  private async find(): Promise<TargetState> {
    const { targetGroupArn: TargetGroupArn, targetId } = this.input;
    try {
      const { TargetHealthDescriptions: all = [] } = await this.client.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      );
      const health = all.find(({ Target }) => Target?.Id === targetId)?.TargetHealth;
      return health && { state: health.State ?? "unknown", reason: health.Reason, description: health.Description };
    } catch (error) {
      const { name, message } = error as Error;
      if (name === "TargetGroupNotFoundException") return undefined;
      throw new Error(
        `${targetId}: its state in the target group cannot be read (${name}: ${message}); allowed: an answer of ${this.input.region}; see whether this computer reaches it, with the credentials of the update`,
        { cause: error },
      );
    }
  }
}
