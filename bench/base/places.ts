import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheFolder } from "../../tests/support/cacheFolder";

export const checkout = path.resolve(__dirname, "../..");

/** What a run makes and removes: copies of checkouts, machines, keys. One run at a time uses it. */
export const workspace = path.join(tmpdir(), "portico-bench");

/** What is worth keeping between runs: programs, packages. */
export function benchCache(...names: string[]): string {
  const folder = path.join(cacheFolder(), "bench", ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Networks of the bench, one a purpose, so that no other stack of this computer is met. Each is a /24. */
export const networks = {
  peers: "10.31.81",
  /** Portico's stacks: the first is of the checkout, others those given by --portico. */
  portico: ["10.31.80", "10.31.83", "10.31.84", "10.31.85"],
} as const;
