import { join } from "node:path";
import { balancerAddress, type TestSite } from "./testSite";

export interface SlowExchange {
  http2: boolean;
  path: string;
  address: string;
  authority: string;
  /** A body in two halves with a pause between them. */
  upload?: { halfBytes: number; pauseSeconds: number };
  /** How the answer is read at first; afterwards as fast as it comes. */
  download?: { bytesPerSecond: number; slowSeconds: number; pauseSeconds: number };
}

export interface SlowOutcome {
  /** 0 when there was no answer. */
  status: number;
  bytes: number;
  /** The body, when it is small. */
  text: string;
  /** How the exchange broke; null when the answer came to its end. */
  failure: string | null;
}

/** A request to a site by a client that takes its time. */
export async function askSlowly(
  site: TestSite,
  exchange: Omit<SlowExchange, "address" | "authority">,
): Promise<SlowOutcome> {
  const whole: SlowExchange = { ...exchange, address: balancerAddress, authority: site.certificateFile };
  const { stdout, stderr } = await site.balancer.runInNetwork([
    process.execPath,
    "-r",
    "@swc-node/register",
    join(__dirname, "slowClient.cli.ts"),
    JSON.stringify(whole),
  ]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as SlowOutcome;
}
