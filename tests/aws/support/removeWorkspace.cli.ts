import { removeWorkspace } from "./workspace";

/** Run after the level, also when it was interrupted: no machine, process or bridge of it stays on this computer. */
removeWorkspace().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
