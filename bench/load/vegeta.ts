import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { demand } from "../base/command";
import type { Peer, Protocol } from "../peers/peer";
import { percentile } from "../report/statistics";
import { provideVegeta } from "./tools";

export interface Latencies {
  requests: number;
  /** Answers that were none, or not 2xx. */
  failed: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  p999: number;
}

/** Requests at a constant rate: one that waits keeps none of the later ones back, so no wait goes unseen. */
export async function constantRate(
  peer: Pick<Peer, "origin" | "authority">,
  target: string,
  protocol: Protocol,
  rate: number,
  seconds: number,
) {
  const vegeta = await provideVegeta();
  const folder = mkdtempSync(path.join(tmpdir(), "portico-bench-rate-"));
  const results = path.join(folder, "results");
  try {
    const words = [
      "attack",
      `-rate=${Math.max(1, Math.round(rate))}/1s`,
      `-duration=${seconds}s`,
      `-output=${results}`,
    ];
    words.push("-timeout=30s", `-http2=${protocol === "h2"}`, "-max-body=0");
    if (peer.authority !== undefined) words.push(`-root-certs=${peer.authority}`);
    await demand([vegeta, ...words], { input: `GET ${peer.origin}${target}\n` });
    const { stdout } = await demand([vegeta, "encode", "--to=csv", results]);
    return parseResults(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines of `vegeta encode --to csv`: time, status, latency in nanoseconds, and more that is not needed. */
export function parseResults(csv: string): Latencies {
  const rows = csv
    .trim()
    .split("\n")
    .map((line) => line.split(",", 3).map(Number));
  const latencies = rows.map((row) => row[2]! / 1e6);
  if (latencies.some(Number.isNaN)) throw new Error("vegeta: got lines without a latency; allowed: its CSV");
  return {
    requests: rows.length,
    failed: rows.filter((row) => row[1]! < 200 || row[1]! > 299).length,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    p999: percentile(latencies, 99.9),
  };
}
