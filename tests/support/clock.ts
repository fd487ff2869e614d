/** What a client counts and waits by, in milliseconds. */
export interface Clock {
  now(): number;
  /** Acts once after a time, and soon where that is over already; the result forgets it. */
  after(milliseconds: number, act: () => void): () => void;
}

/** Time is counted in steps. One that ends later than this says that the process stood still, as when a test waits for a command. */
const stepMilliseconds = 250;
const standstillMilliseconds = 500;

/** The computer's, but for time in which this process stood still: what arrived meanwhile could not be seen. */
export const realClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, act) => {
    let timer: NodeJS.Timeout;
    const count = (left: number): void => {
      const step = Math.min(left, stepMilliseconds);
      const due = performance.now() + step;
      timer = setTimeout(() => {
        const stoodStill = performance.now() - due > standstillMilliseconds;
        if (stoodStill) count(left);
        else if (left > step) count(left - step);
        else act();
      }, step);
    };
    count(Math.max(0, milliseconds));
    return () => clearTimeout(timer);
  },
};

/** Time that passes only when a test says so: how busy this computer is, is no matter then. */
export class ManualClock implements Clock {
  private milliseconds = 0;
  private readonly waiting = new Set<{ at: number; act: () => void }>();

  now(): number {
    return this.milliseconds;
  }

  after(milliseconds: number, act: () => void): () => void {
    const entry = { at: this.milliseconds + milliseconds, act };
    this.waiting.add(entry);
    return () => void this.waiting.delete(entry);
  }

  /** Lets time pass, and what is due then happen in its order. */
  advance(milliseconds: number): void {
    const end = this.milliseconds + milliseconds;
    for (let next = this.findDue(end); next !== undefined; next = this.findDue(end)) {
      this.waiting.delete(next);
      this.milliseconds = Math.max(this.milliseconds, next.at);
      next.act();
    }
    this.milliseconds = end;
  }

  /** Settles when something waits for exactly this long from now. */
  async untilSomebodyWaits(milliseconds: number): Promise<void> {
    while (![...this.waiting].some(({ at }) => at === this.milliseconds + milliseconds)) await turn();
  }

  private findDue(end: number): { at: number; act: () => void } | undefined {
    return [...this.waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}

/** One turn of the event loop: what has arrived on a socket by now is read in it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
