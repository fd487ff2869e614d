import { text } from "node:stream/consumers";
import { examine, type Diagnosis, type CheckedHost } from "../../lib/targets/hosts/doctor";
import { checkedHosts } from "../../lib/targets/hosts/site";
import { parseSettings } from "../../lib/settings";
import { callEngine, stackEnvironment } from "./base/engine";
import { runMain } from "./base/main";
import { folderWithoutState } from "./state/stackState";
import { formatTable } from "./base/table";

interface ConfigValue {
  value: string;
  objectValue?: unknown;
  secret: boolean;
}

/** Exit code 1 when a host is not as it has to be; the program then stops before its first change. */
async function doctor([stack]: string[]): Promise<number> {
  const given = stack === "-" ? (JSON.parse(await text(process.stdin)) as CheckedHost[]) : checkedHostsOf(stack!);
  const diagnoses = await examine(given);
  const problems = diagnoses.flatMap(({ host, problems: found }) =>
    found.map(({ subject, found: got, allowed, remedy }) => [host, subject, got, allowed, remedy]),
  );
  for (const { host, notes } of diagnoses) notes.forEach((note) => process.stderr.write(`portico: ${host}: ${note}\n`));
  if (problems.length === 0) {
    process.stdout.write(`portico: ${diagnoses.map(({ host }) => host).join(", ")}: ready\n`);
    return 0;
  }
  process.stderr.write(
    `${summary(diagnoses)}\n${formatTable(["host", "what", "got", "allowed", "what to do"], problems)}`,
  );
  return 1;
}

function summary(diagnoses: readonly Diagnosis[]): string {
  const names = (healthy: boolean) =>
    diagnoses
      .filter(({ problems }) => (problems.length === 0) === healthy)
      .map(({ host }) => host)
      .join(", ");
  return `portico: ${names(false)} not ready, nothing was changed${names(true) === "" ? "" : `; ready: ${names(true)}`}`;
}

function checkedHostsOf(stack: string): CheckedHost[] {
  const environment = stackEnvironment(stack);
  if (folderWithoutState(stack, environment) !== undefined)
    throw new Error(
      `stack: got ${stack}, which was not made yet; allowed: one that was; run: eval "$(bin/env ${stack})", then pulumi stack init ${stack}`,
    );
  const config = JSON.parse(
    callEngine(["config", "--json", "--show-secrets", "--stack", stack], environment),
  ) as Record<string, ConfigValue>;
  const own = Object.entries(config).flatMap(([key, value]) =>
    key.startsWith("portico:") ? [[key.slice("portico:".length), value] as const] : [],
  );
  const plain = own
    .filter(([, { secret }]) => !secret)
    .map(([key, { value, objectValue }]) => [key, objectValue ?? value] as const);
  const settings = parseSettings(Object.fromEntries(plain));
  const loginKey = own.find(([key, { secret }]) => key === "loginKey" && secret)?.[1].value;
  if (settings.target !== "hosts" || settings.hosts === undefined)
    throw new Error(`target: got ${settings.target}; allowed: hosts; machines of other targets are made by the stack`);
  if (loginKey === undefined)
    throw new Error("loginKey: got nothing; allowed: a secret; run: pulumi config set --secret loginKey");
  return checkedHosts(settings, settings.hosts, loginKey);
}

runMain(doctor);
