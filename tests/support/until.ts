import { setTimeout as wait } from "node:timers/promises";

/** Waits until `holds` does; an error with what `seen` says when that takes longer than a busy computer needs. */
export async function until(holds: () => boolean, seen: () => unknown): Promise<void> {
  for (const limit = Date.now() + 30_000; !holds(); await wait(50)) {
    if (Date.now() > limit) throw new Error(`waited in vain; seen: ${JSON.stringify(seen())}`);
  }
}
