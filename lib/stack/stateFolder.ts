import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/**
 * Folders of a stack on the deployer's machine. Relative to the program where possible, so that they mean
 * the same after the checkout has moved.
 */
export interface StackFolders {
  /** All that belongs to the stack. */
  root: string;
  machines: string;
  releases: string;
  bundles: string;
}

/** `.portico` in the checkout, or PORTICO_STATE_DIR. */
export function stackFolders(stack: string, environment: NodeJS.ProcessEnv = process.env): StackFolders {
  const root = path.join(environment.PORTICO_STATE_DIR ?? ".portico", stack);
  const below = (name: string) => path.join(root, name);
  return { root, machines: below("machines"), releases: below("releases"), bundles: below("bundles") };
}

/** Whether a stack's folder holds a state of the engine. */
export function hasState(root: string): boolean {
  const stacks = path.join(root, "backend", ".pulumi", "stacks");
  return existsSync(stacks) && readdirSync(stacks, { recursive: true }).some((name) => String(name).endsWith(".json"));
}

/** What is worth keeping between checkouts: wheels, images, the engine. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment.PORTICO_CACHE_DIR ?? path.join(environment.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "portico")
  );
}

/** A network device name holds 15 characters; the digest differs between stacks of several checkouts. */
export function bridgeName(stackRoot: string): string {
  return `portico-${createHash("sha256").update(path.resolve(stackRoot)).digest("hex").slice(0, 7)}`;
}
