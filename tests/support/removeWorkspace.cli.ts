import { removeHostsWorkspace } from "./hostsStack";
import { removeWorkspace } from "./testStack";

/**
 * Run after a suite with machines, also when it was interrupted: nothing of its stacks stays on this computer. Given hosts have one
 * network for all runs: only a suite that has some names them (--given-hosts).
 */
Promise.all([removeWorkspace(), process.argv.includes("--given-hosts") ? removeHostsWorkspace() : undefined]).catch(
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
