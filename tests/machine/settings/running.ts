import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { effects, type Effect } from "../../../lib/settings/changes";
import type { TestStack } from "../../support/testStack";

interface RunningMachine {
  /** Process and limits, as this computer has them. */
  process: number;
  limits: string;
  /** Rules of the firewall. */
  firewall: string;
  /** Main process of Nginx, and its workers that take connections. */
  nginx: string;
  workers: string;
  /** Main processes of the slots. */
  slots: string;
}

/** What runs on each machine of a stack. */
export type Running = Record<string, RunningMachine>;

/** Those that only end what they began have another title. */
const workersOf = `for each in /proc/[0-9]*; do [ "$(tr -d '\\0' <$each/cmdline | sed 's/ *$//')" = "nginx: worker process" ] && basename $each; done 2>/dev/null | sort | tr '\\n' ' '`;

export function describeRunning(stack: TestStack): Running {
  const folder = path.join(stack.stateFolder, "machines");
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, describeMachine(stack, name, path.join(folder, name, "machine.json"))]),
  );
}

function describeMachine(stack: TestStack, name: string, record: string): RunningMachine {
  const { settings, pid } = JSON.parse(readFileSync(record, "utf8")) as {
    settings: Record<string, unknown>;
    pid: number;
  };
  const [firewall, nginx, workers, slots] = [
    "nft list table inet portico 2>/dev/null | grep -v counter || true",
    "systemctl show --property=MainPID --value portico-nginx.service",
    workersOf,
    "systemctl show --property=MainPID --value 'portico-app@*.service' | sort | tr '\\n' ' '",
  ].map((script) => stack.onHost(name, script).trim());
  return {
    process: pid,
    limits: JSON.stringify([settings.cpus, settings.memoryMegabytes]),
    firewall: firewall!,
    nginx: nginx!,
    workers: workers!,
    slots: slots!,
  };
}

/** What happened in between. Throws when a machine or an Nginx was restarted, which no change does. */
export function effectsBetween(before: Running, after: Running): Effect[] {
  const found = new Set<Effect>();
  if (Object.keys(before).join() !== Object.keys(after).join()) found.add("machines");
  for (const name of Object.keys(after).filter((each) => each in before)) {
    const [old, now] = [before[name]!, after[name]!];
    if (old.process !== now.process) throw new Error(`${name} was restarted`);
    if (old.nginx !== now.nginx) throw new Error(`Nginx of ${name} was restarted`);
    if (old.limits !== now.limits || old.firewall !== now.firewall) found.add("in place");
    if (old.workers !== now.workers) found.add("reload");
    if (old.slots !== now.slots) found.add("new slot");
  }
  return found.size === 0 ? ["nothing"] : effects.filter((effect) => found.has(effect));
}
