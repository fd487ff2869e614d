import { removeHostsWorkspace } from "./hostsStack";
import { removeWorkspace } from "./testStack";

/** Run after the machine level, also when it was interrupted: nothing of its stacks stays on this computer. */
Promise.all([removeWorkspace(), removeHostsWorkspace()]).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
