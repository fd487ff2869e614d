import { group, type Probe } from "../probe";

/** The order in which hosts switch, secrets of the graph, the balancer of a cloud. */
export const graph: readonly Probe[] = [
  ...group({ jest: ["unit/rollout.test.ts"] }, [
    {
      name: "rounding of a batch",
      file: "rollout/batches.ts",
      find: "Math.floor((hosts * Number.parseInt(batch, 10)) / 100)",
      replace: "Math.ceil((hosts * Number.parseInt(batch, 10)) / 100)",
    },
    {
      name: "rounding of a batch to the nearest",
      file: "rollout/batches.ts",
      find: "Math.floor((hosts * Number.parseInt(batch, 10)) / 100)",
      replace: "Math.round((hosts * Number.parseInt(batch, 10)) / 100)",
    },
    {
      name: "a batch of none",
      file: "rollout/batches.ts",
      find: "return Math.max(1, Math.min(size, hosts));",
      replace: "return Math.min(size, hosts);",
    },
    {
      name: "the last hosts have no batch",
      file: "rollout/batches.ts",
      find: "Math.ceil(hosts.length / size)",
      replace: "Math.floor(hosts.length / size)",
    },
    {
      name: "a lease shorter than its batches",
      file: "rollout/batches.ts",
      find: "app.startSeconds + app.readySeconds + drained + checked",
      replace: "app.startSeconds + app.readySeconds + checked",
    },
    {
      name: "a lease without end",
      file: "rollout/batches.ts",
      find: "Math.min(longestLease, batches * batch + fleetMargin)",
      replace: "batches * batch + fleetMargin",
    },
  ]),
  ...group({ jest: ["graph/remoteResources.test.ts", "graph/secrecy.test.ts", "graph/order.test.ts"] }, [
    {
      name: "outputs of commands are shown",
      file: "remoteHost.ts",
      find: 'additionalSecretOutputs: ["stdout", "stderr"]',
      replace: 'additionalSecretOutputs: ["stdout"]',
    },
    {
      name: "a machine made anew is not set up",
      file: "remoteHost.ts",
      find: "        create: command,\n        stdin: input,\n        triggers: [this.machine.identity],\n",
      replace: "        create: command,\n        stdin: input,\n",
    },
    {
      name: "a former output is in the environment",
      file: "remoteHost.ts",
      find: "        addPreviousOutputInEnv: false,\n",
      replace: "",
    },
    {
      name: "a host that is gone blocks a teardown",
      file: "remoteHost.ts",
      find: "parent: this, deletedWith: this.machine.resource, customTimeouts",
      replace: "parent: this, customTimeouts",
    },
    {
      name: "a connection is shown",
      file: "remoteHost.ts",
      find: "return pulumi.secret({ ...login(access), hostKey",
      replace: "return pulumi.output({ ...login(access), hostKey",
      survives:
        "a second guard of the same thing: the login key is a secret of its own, and whatever holds a secret is one (graph/secrecy.test.ts)",
    },
    {
      name: "standard output is in the log of an update",
      file: "remoteHost.ts",
      find: "remote.Logging.Stderr",
      replace: "remote.Logging.StdoutAndStderr",
    },
    {
      name: "commands have no limit",
      file: "remoteHost.ts",
      find: ", customTimeouts: { create: limit, update: limit } };",
      replace: " };",
    },
    {
      name: "secrets are in the input of stage",
      file: "hostTransaction.ts",
      find: "input: pulumi.secret(pulumi.jsonStringify(input))",
      replace: "input: pulumi.jsonStringify(input)",
    },
    {
      name: "a host is staged before its packages",
      file: "hostTransaction.ts",
      find: "dependsOn: [host.ready, packages, ...copies]",
      replace: "dependsOn: [host.ready, ...copies]",
    },
    {
      name: "wheels are copied as part of the release",
      file: "hostTransaction.ts",
      find: 'copy("wheels", release.wheelsPath(target))',
      replace: 'copy("release", release.wheelsPath(target))',
    },
    {
      name: "a host is staged before its release is there",
      file: "hostTransaction.ts",
      find: "dependsOn: [host.ready, packages, ...copies]",
      replace: "dependsOn: [host.ready, packages]",
    },
  ]),
  ...group({ jest: ["graph/rollout.test.ts", "graph/order.test.ts"] }, [
    {
      name: "a batch does not wait for the gates before",
      file: "rollout.ts",
      below: "components",
      find: "const dependsOn = orElse(gates, before);",
      replace: "const dependsOn = before;",
    },
    {
      name: "hosts switch before all are staged",
      file: "rollout.ts",
      below: "components",
      find: "const before = [...staged, ...args.balancer.ready];",
      replace: "const before = [...args.balancer.ready];",
    },
    {
      name: "hosts switch before the migration",
      file: "rollout.ts",
      below: "components",
      find: "orElse([...migrated, ...prepared], before)",
      replace: "orElse(prepared, before)",
    },
    {
      name: "hosts switch before the balancer trusts them",
      file: "rollout.ts",
      below: "components",
      find: "orElse([...migrated, ...prepared], before)",
      replace: "orElse(migrated, before)",
    },
    {
      name: "hosts are confirmed before the visit",
      file: "rollout.ts",
      below: "components",
      find: "orElse(visited, [...switches, ...gates])",
      replace: "[...switches, ...gates]",
    },
    {
      name: "hosts are confirmed one by one",
      file: "rollout.ts",
      below: "components",
      find: "orElse(visited, [...switches, ...gates])",
      replace: "switches.slice(0, 1)",
    },
    {
      name: "the balancer switches before its hosts",
      file: "rollout.ts",
      below: "components",
      find: "dependsOn: [...gates, ...staged] }",
      replace: "dependsOn: [...staged] }",
    },
    {
      name: "a gate checks the first host of a batch only",
      file: "rollout.ts",
      below: "components",
      find: "balancer.gate(host.machine, switched, this)",
      replace: "balancer.gate(host.machine, switched.slice(0, 1), this)",
    },
    {
      name: "a confirmation is the same for each activation",
      file: "components/hosts/hostTransaction.ts",
      find: 'inputOf<"confirm">({ ...stagedIn(line), activated: result })',
      replace: 'inputOf<"confirm">({ ...stagedIn(line), activated: String(result === undefined) })',
    },
  ]),
  ...group({ jest: ["graph/balancer.test.ts", "graph/balancerLogs.test.ts", "graph/balancerMachines.test.ts"] }, [
    {
      name: "invalid header fields pass AWS's balancer",
      file: "loadBalancer.ts",
      find: "dropInvalidHeaderFields: true",
      replace: "dropInvalidHeaderFields: false",
    },
    {
      name: "unknown names reach the hosts",
      file: "loadBalancer.ts",
      find: 'defaultActions: [\n          {\n            type: "fixed-response",\n            fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Not found\\n" },\n          },\n        ]',
      replace: 'defaultActions: [{ type: "forward", targetGroupArn: this.group.arn }]',
    },
    {
      name: "plain HTTP is forwarded",
      file: "loadBalancer.ts",
      find: 'redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" }',
      replace: 'redirect: { protocol: "HTTP", port: "80", statusCode: "HTTP_301" }',
    },
    {
      name: "AWS's balancer loses the Host header",
      file: "loadBalancer.ts",
      find: "preserveHostHeader: true",
      replace: "preserveHostHeader: false",
    },
  ]),
];
