import { demand } from "../base/command";
import type { Peer, Protocol } from "../peers/peer";
import { provideH2load } from "./tools";

export interface ClosedLoop {
  /** Requests that were answered 2xx within the time of the run. */
  done: number;
  perSecond: number;
}

export interface ClosedLoopOptions {
  connections: number;
  seconds: number;
}

/** As fast as some connections go, each with one request under way. */
export async function closedLoop(peer: Peer, path: string, protocol: Protocol, options: ClosedLoopOptions) {
  const { connections, seconds } = options;
  const words = ["-t", "1", "-c", String(connections), "-m", "1", "-D", String(seconds)];
  if (protocol === "h1") words.push("--h1");
  const { stdout } = await demand([await provideH2load(), ...words, peer.origin + path]);
  return parseH2load(stdout, `${peer.name} ${path}`);
}

/** What h2load prints at its end. An answer other than 2xx, or a failure, makes the whole run one that says nothing. */
export function parseH2load(output: string, subject: string): ClosedLoop {
  const rate = /finished in [\d.]+\w+, ([\d.]+) req\/s/.exec(output);
  const requests = /(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(output);
  const codes = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(output);
  if (rate === null || requests === null || codes === null)
    throw new Error(
      `h2load ${subject}: got what it does not print at its end; allowed: its report\n${output.slice(-2000)}`,
    );
  const [done, failed, errored, timedOut] = requests.slice(1).map(Number) as [number, number, number, number];
  const [, ...others] = codes.slice(1).map(Number);
  if (done === 0 || failed + errored + timedOut > 0 || others.some((count) => count > 0))
    throw new Error(`h2load ${subject}: got ${requests[0]}, ${codes[0]}; allowed: all of them 2xx`);
  return { done, perSecond: Number(rate[1]) };
}
