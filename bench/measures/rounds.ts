import type { Peer } from "../peers/peer";

/** Runs one measurement for each peer, round after round; every other round backwards, so that none is always the first. */
export async function interleaved<T>(
  peers: readonly Peer[],
  rounds: number,
  measure: (peer: Peer, round: number) => Promise<T>,
): Promise<Record<string, T[]>> {
  const series: Record<string, T[]> = Object.fromEntries(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? peers : [...peers].reverse();
    for (const peer of order) series[peer.name]!.push(await measure(peer, round));
  }
  return series;
}

/** The same record, each value by its key made another. */
export function mapValues<T, U>(record: Record<string, T>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
