import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, lives } from "../base/processes";
import { nameOf, type StateResource } from "../state/stackState";

/** A machine ends all its services first, each within the time of its unit. */
const endMilliseconds = 180_000;
const pauseMilliseconds = 200;

/** A machine of this computer: whoever runs it does not boot it again. */
export interface LocalMachine {
  /** Waits for its end, and boots it from its disk. */
  bootAgain(): Promise<void>;
}

/** The machine of a host; undefined where that boots by itself. */
export function localMachineOf(resources: readonly StateResource[], host: string): LocalMachine | undefined {
  const found = resources.find((each) => each.type === "command:local:Command" && nameOf(each) === `${host}-machine`);
  if (found === undefined) return undefined;
  const description = String(found.inputs.stdin);
  const { directory } = JSON.parse(description) as { directory: string };
  const { pid } = JSON.parse(readFileSync(path.join(directory, "machine.json"), "utf8")) as { pid: number };
  const running = identify(pid);
  return {
    async bootAgain() {
      const limit = Date.now() + endMilliseconds;
      while (running !== undefined && lives(running)) {
        if (Date.now() > limit) throw new Error(`${host}: got no end of its machine; allowed: one in three minutes`);
        await sleep(pauseMilliseconds);
      }
      await machineUp(host, description);
    },
  };
}

function machineUp(host: string, description: string): Promise<void> {
  const child = spawn("bin/machine", ["up"], { stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.on("error", () => undefined);
  child.stdin.end(description);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${host}: bin/machine up ended with ${code}`)),
    );
  });
}
