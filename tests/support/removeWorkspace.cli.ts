import { removeWorkspace } from "./testStack";

/** Run after the machine level, also when it was interrupted: nothing of its stack stays on this computer. */
removeWorkspace().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
