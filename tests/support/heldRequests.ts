import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Requests that a client holds open: how many, and how many got which status instead. */
export interface HeldRequests {
  held: number;
  answers: Record<string, number>;
  end(): Promise<void>;
}

/** Command of tests/support/holdRequests.py. `method` may be one of its own words. */
export function holdCommand(
  destination: string,
  client: string,
  count: number,
  method: string,
  path: string,
): [string, ...string[]] {
  return ["python3", join(__dirname, "holdRequests.py"), destination, client, String(count), method, path];
}

/** What the command held, when all requests went out. */
export async function heldBy(child: ChildProcess): Promise<HeldRequests> {
  let complaint = "";
  child.stderr!.on("data", (text) => (complaint += text));
  const [line] = await Promise.race([once(child.stdout!, "data"), once(child, "exit").then(() => [undefined])]);
  if (line === undefined) throw new Error(complaint);
  const end = async () => {
    const ended = once(child, "exit");
    child.kill();
    await ended;
  };
  return { ...(JSON.parse(String(line)) as Omit<HeldRequests, "end">), end };
}
