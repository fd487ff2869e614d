import { removeHostsWorkspace } from "./hostsStack";
import { isSecondRun, removeWorkspace } from "./testStack";

/**
 * Run after the machine level, also when it was interrupted: nothing of its stacks stays on this computer. Given hosts have one network
 * for all runs: a second run leaves them to the one beside which it goes on.
 */
Promise.all([removeWorkspace(), isSecondRun ? undefined : removeHostsWorkspace()]).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
