import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { inServiceSeconds, leavingSeconds, steadySeconds } from "../../../lib/targets/aws/balancer/health";
import type { Machine } from "../../hosts/machine";

export interface TargetGroup {
  arn: pulumi.Output<string>;
  /** Port of the hosts. */
  port: number;
  region: string;
  /** How long a host that leaves may finish its requests. */
  drainSeconds: number;
}

export interface RegistrationArgs {
  /** Activations of the batch; a machine is registered when its release answers. */
  switched: remote.Command[];
  /** Without a way to the hosts none of them is ever healthy. */
  routes: readonly pulumi.Resource[];
  /** Owns the registration. */
  balancer: pulumi.Resource;
  /** Owns the wait. */
  parent: pulumi.Resource;
}

/**
 * Registers a machine with the balancer and waits until it is found healthy there. Of a machine that leaves, the
 * registration goes first, then the wait for its last requests, then the machine: each is made after, and so deleted
 * before, what it stands on. A machine that is gone already keeps nobody waiting.
 */
export function putInService(
  machine: Machine,
  group: TargetGroup,
  { switched, routes, balancer, parent }: RegistrationArgs,
): local.Command {
  const target = { region: group.region, targetGroupArn: group.arn, targetId: machine.identity };
  const drained = runHere(`${machine.name}-drain`, machine, {
    deletion: "bin/target-health drain",
    input: pulumi.jsonStringify({ ...target, seconds: group.drainSeconds + leavingSeconds }),
    seconds: group.drainSeconds + leavingSeconds,
    dependsOn: [machine.resource],
    parent: balancer,
  });
  const attachment = new aws.lb.TargetGroupAttachment(
    `${machine.name}-attachment`,
    { targetGroupArn: group.arn, targetId: machine.identity, port: group.port },
    { parent: balancer, dependsOn: [drained, ...switched] },
  );
  const activated = pulumi.all(switched.map(({ stdout }) => stdout)).apply(digest);
  return runHere(`${machine.name}-in-service`, machine, {
    creation: "bin/target-health wait",
    input: pulumi.jsonStringify({
      ...target,
      name: machine.name,
      port: group.port,
      seconds: inServiceSeconds,
      steadySeconds,
      activated,
    }),
    seconds: inServiceSeconds,
    dependsOn: [attachment, ...routes, ...switched],
    parent,
  });
}

interface LocalRun {
  creation?: string;
  deletion?: string;
  input: pulumi.Output<string>;
  seconds: number;
  dependsOn: pulumi.Resource[];
  parent: pulumi.Resource;
}

/** Beyond the command's own limit, whose message says more. */
const overtimeSeconds = 60;

function runHere(
  name: string,
  machine: Machine,
  { creation, deletion, input, seconds, dependsOn, parent }: LocalRun,
): local.Command {
  const limit = `${seconds + overtimeSeconds}s`;
  return new local.Command(
    name,
    {
      create: creation,
      delete: deletion,
      stdin: input,
      triggers: [machine.identity],
      dir: ".",
      addPreviousOutputInEnv: false,
      logging: local.Logging.Stderr,
    },
    {
      parent,
      dependsOn,
      additionalSecretOutputs: ["stdout", "stderr"],
      customTimeouts: { create: limit, update: limit, delete: limit },
    },
  );
}

/** Other results, another digest: the wait is done again after every switch. */
function digest(results: string[]): string {
  return createHash("sha256").update(JSON.stringify(results)).digest("hex").slice(0, 16);
}
