import { say } from "./progress";

let controller: AbortController | undefined = new AbortController();

/** Aborted when somebody interrupts the run; undefined while the end of the run may not be interrupted. */
export const interruption = (): AbortSignal | undefined => controller?.signal;

/**
 * An interrupt ends the command that runs at that moment, and the run fails there. So what it made is removed on the same way
 * as after any other failure, and never while something still makes more.
 */
export function takeInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (controller === undefined) return say("still removing; wait a moment");
      say(`${signal}: ending`);
      controller.abort();
    });
}

/** From here on commands run to their end. Answers whether the run was interrupted. */
export function beyondInterrupts(): boolean {
  const interrupted = controller?.signal.aborted ?? false;
  controller = undefined;
  return interrupted;
}
