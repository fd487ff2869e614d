/**
 * A load that forgives nothing: it never sends a request twice and counts every answer that is not 2xx, every broken,
 * refused or late connection. A release that loses one request shows here, where a browser or a benchmark would retry it.
 */
import { setMaxListeners } from "node:events";
import * as timers from "node:timers/promises";
import { type Clock, realClock } from "./clock";
import { Connection, ConnectionFault, type Target } from "./strictClientConnection";
import { type Report, Tally } from "./strictClientReport";

export { ConnectionFault, type Target } from "./strictClientConnection";
export { lostIn, type Report, type Sighting } from "./strictClientReport";

export interface LoadOptions extends Target {
  /** Connections that ask at once, each in a loop. */
  connections: number;
  /** Methods in turn. Default GET and POST: proxies retry a GET in silence, a POST shows the loss. */
  methods?: string[];
  /** Default `/whoami`. */
  path?: string;
  /**
   * Each request gets a mark of its own, as one more segment of its path, and its answer has to carry it in the JSON field
   * `mark`. The marks of a load are this word and a number from 0 on. Default: no marks.
   */
  marks?: string;
  /** Pause of a connection between two requests. Default 0. */
  pauseMs?: number;
  /** A connection for each request. Default: connections are kept, as browsers do. */
  fresh?: boolean;
  /** The load ends by itself after this time. Default 120. */
  maxSeconds?: number;
  /** The load ends by itself after this many requests. Default 1000000. */
  maxRequests?: number;
}

export interface Load {
  /** Lets requests under way finish, then reports. */
  stop(): Promise<Report>;
  snapshot(): Report;
  /** Settles when the load has ended, by `stop` or by itself. */
  ended: Promise<Report>;
}

/** Keeps a server that accepts nothing from being asked in a tight loop. */
function pauseAfter(fault: ConnectionFault): number {
  return fault.kind === "refused" || fault.kind === "connectTimeout" ? 100 : 0;
}

/** Starts a load. Example: `const load = startLoad({ url, ca, connections: 16 }); …; expect(lostIn(await load.stop())).toEqual([])`. */
export function startLoad(options: LoadOptions): Load {
  const clock = options.clock ?? realClock;
  const tally = new Tally(clock);
  const course = new Course(clock, options.maxSeconds ?? 120, options.maxRequests ?? 1_000_000);
  const loops = Array.from({ length: options.connections }, (_, index) => runConnection(index, options, tally, course));
  const ended = Promise.all(loops).then(() => {
    course.stop();
    return tally.report();
  });
  return {
    snapshot: () => tally.report(),
    stop: () => {
      course.stop();
      return ended;
    },
    ended,
  };
}

export interface SlowAnswer {
  milliseconds: number;
  host: string;
  release: string;
  pid: number;
}

/** One request to `/slow`. Throws unless the whole answer came, with status 200 and not before its time. */
export async function slowRequest(target: Target, seconds = 12, method = "GET"): Promise<SlowAnswer> {
  const path = `/slow?seconds=${seconds}`;
  const clock = target.clock ?? realClock;
  const start = clock.now();
  const connection = await Connection.open(target);
  try {
    const response = await connection.ask(method, path);
    const milliseconds = clock.now() - start;
    const body = response.body.toString("utf8");
    if (response.status !== 200)
      throw new Error(`${method} ${path}: got status ${response.status}: ${body.slice(0, 200)}`);
    const answer = JSON.parse(body) as SlowAnswer & { seconds: number };
    if (answer.seconds !== seconds || milliseconds < seconds * 1000) {
      throw new Error(`${method} ${path}: got an answer after ${Math.round(milliseconds)} ms: ${body.slice(0, 200)}`);
    }
    return { milliseconds, host: answer.host, release: answer.release, pid: answer.pid };
  } finally {
    connection.close();
  }
}

/** Says when a load is over: stopped, out of time or out of requests. */
class Course {
  private readonly deadline: number;
  private readonly stopper = new AbortController();
  /** Requests that were begun. */
  taken = 0;

  constructor(
    readonly clock: Clock,
    maxSeconds: number,
    private readonly maxRequests: number,
  ) {
    this.deadline = clock.now() + maxSeconds * 1000;
    // Every connection may wait on it at once.
    setMaxListeners(0, this.stopper.signal);
  }

  stop(): void {
    this.stopper.abort();
  }

  takeRequest(): boolean {
    if (this.stopper.signal.aborted || this.clock.now() >= this.deadline || this.taken >= this.maxRequests)
      return false;
    this.taken += 1;
    return true;
  }

  /** Waits, but not beyond the end of the load. */
  async pause(milliseconds: number): Promise<void> {
    // Even without a pause the event loop gets a turn, so that a close which has already arrived is seen before the next
    // request is written: a request written after it would be this client's fault, not the server's.
    if (milliseconds <= 0) return timers.setImmediate();
    const { signal } = this.stopper;
    const remaining = this.deadline - this.clock.now();
    await new Promise<void>((resolve) => {
      const end = (): void => {
        forget();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const forget = this.clock.after(Math.min(milliseconds, remaining), end);
      if (signal.aborted) end();
      else signal.addEventListener("abort", end);
    });
    if (milliseconds >= remaining) this.stop();
  }
}

async function runConnection(index: number, options: LoadOptions, tally: Tally, course: Course): Promise<void> {
  const { methods, pauseMs } = readPace(options);
  let connection: Connection | undefined;
  for (let turn = index; course.takeRequest(); turn += 1) {
    const wanted = { connection: index, method: methods[turn % methods.length]!, ...markOf(options, course) };
    const start = course.clock.now();
    try {
      connection = dropEnded(connection, tally) ?? (await open(options, tally));
      const response = await connection.ask(wanted.method, pathOf(options, wanted.mark));
      tally.countAnswer(wanted, response, course.clock.now() - start);
      if (!response.keepAlive) connection = giveUp(connection, tally);
      if (options.fresh) {
        connection?.close();
        connection = undefined;
      }
      await course.pause(pauseMs);
    } catch (error) {
      if (!(error instanceof ConnectionFault)) throw error;
      tally.countFault(wanted, error);
      connection?.close();
      connection = undefined;
      await course.pause(Math.max(pauseMs, pauseAfter(error)));
    }
  }
  connection?.close();
}

function markOf({ marks }: LoadOptions, { taken }: Course): { mark?: string } {
  return marks === undefined ? {} : { mark: `${marks}${taken - 1}` };
}

function pathOf({ path = "/whoami" }: LoadOptions, mark?: string): string {
  return mark === undefined ? path : `${path}/${mark}`;
}

function readPace({ methods = ["GET", "POST"], pauseMs = 0 }: LoadOptions) {
  return { methods, pauseMs };
}

async function open(target: Target, tally: Tally): Promise<Connection> {
  const connection = await Connection.open(target);
  tally.countOpened();
  return connection;
}

/** Ends a connection whose end the server has announced. */
function giveUp(connection: Connection, tally: Tally): undefined {
  tally.countClose("announced");
  connection.close();
}

/** The connection if it can take a request. One that ended while idle is counted apart and given up. */
function dropEnded(connection: Connection | undefined, tally: Tally): Connection | undefined {
  if (connection?.idleEnd === undefined) return connection;
  if (connection.idleEnd === "unasked bytes") throw new ConnectionFault("malformed", "bytes that answer no request");
  tally.countClose(connection.idleEnd === "closed" ? "idle" : "idleResets");
  return undefined;
}
