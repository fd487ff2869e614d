import { Streams } from "../load/streams";
import { constantRate } from "../load/vegeta";
import { paths } from "../peers/application";
import type { Peer } from "../peers/peer";
import type { Figure } from "../report/results";

/** A quick request suffers when 1 of 100 takes longer than this, or one fails. */
const sufferMilliseconds = 250;
const steps = [4, 8, 12, 16, 20, 24, 32, 40, 56, 80];
const quickPerSecond = 50;
const watchSeconds = 2;

interface Outcome {
  /** Most streams that were open while quick requests stayed quick. */
  harmless: number;
  /** Of these, those whose answer came at once, not held back in a buffer. */
  begun: number;
  /** Streams that were answered by an error at once, of those asked for. */
  refused: number;
  /** Whether quick requests suffered before the steps ended. */
  suffered: boolean;
}

/** Opens streams until a quick request suffers, or all further ones are refused. */
export async function measureStreams(peers: readonly Peer[], rounds: number): Promise<Figure[]> {
  const outcomes: Record<string, Outcome[]> = Object.fromEntries(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const peer of peers) outcomes[peer.name]!.push(await tryStreams(peer));
  const figure = (
    id: string,
    title: string,
    better: Figure["better"],
    value: (outcome: Outcome) => number,
  ): Figure => ({
    id,
    measure: "streams",
    title,
    unit: "streams",
    better,
    goals: [],
    series: Object.fromEntries(
      Object.entries(outcomes).map(([name, each]) => [name, each.map((outcome) => ({ value: value(outcome) }))]),
    ),
  });
  return [
    figure("streams harmless", "streams, open that no quick request noticed", "more", ({ harmless }) => harmless),
    figure("streams begun", "streams, begun at once of these", "more", ({ begun }) => begun),
    figure("streams refused", "streams, further ones refused at once", "more", ({ refused }) => refused),
    figure("streams starved", "streams, runs in which quick requests starved", "less", ({ suffered }) =>
      Number(suffered),
    ),
  ];
}

async function tryStreams(peer: Peer): Promise<Outcome> {
  const streams = new Streams(peer);
  const outcome: Outcome = { harmless: 0, begun: 0, refused: 0, suffered: false };
  try {
    for (const [index, step] of steps.entries()) {
      await streams.add(step - (steps[index - 1] ?? 0));
      const { p99, failed } = await constantRate(peer, paths.health, "h1", quickPerSecond, watchSeconds);
      outcome.refused = streams.refused;
      outcome.suffered = failed > 0 || p99 > sufferMilliseconds;
      if (outcome.suffered) break;
      outcome.harmless = streams.asked - streams.refused;
      outcome.begun = streams.begun;
    }
  } finally {
    streams.close();
  }
  return outcome;
}
