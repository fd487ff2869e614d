import { nameOfUrn } from "../../../lib/stack/resourceNames";
import type { EngineEvent } from "./eventLog";

/** A copy or a command on a host has a limit of 10 minutes; its plugin may not know how to end it. */
export const stepLimitMinutes = 12;

const isStepOnHost = ({ urn }: EngineEvent) => urn.includes("command:remote:");

/** Watches what the engine does on hosts, by a clock that stands still while this computer sleeps. */
export class StepWatch {
  private readonly begun = new Map<string, number>();

  /** Takes note of what the engine said. */
  readonly hear = (event: EngineEvent): void => {
    if (event.kind === "ended") this.begun.delete(event.urn);
    else if (isStepOnHost(event)) this.begun.set(event.urn, performance.now());
  };

  /** Names of the resources whose step should have ended long ago. */
  overdue(): string[] {
    const latest = performance.now() - stepLimitMinutes * 60_000;
    return [...this.begun].filter(([, since]) => since <= latest).map(([urn]) => nameOfUrn(urn));
  }

  /** Runs the engine and ends it, with a word of why, when one of its steps is overdue. */
  async during<T>(run: (end: AbortSignal) => Promise<T>): Promise<T> {
    const ending = new AbortController();
    const look = setInterval(() => {
      const overdue = this.overdue();
      if (overdue.length === 0 || ending.signal.aborted) return;
      process.stderr.write(
        `portico: ${overdue.join(", ")}: no end within ${stepLimitMinutes} minutes, so the engine is ended; ` +
          "look whether the host answers: bin/check\n",
      );
      ending.abort();
    }, 5000);
    try {
      return await run(ending.signal);
    } finally {
      clearInterval(look);
    }
  }
}
