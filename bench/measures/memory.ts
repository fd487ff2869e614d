import { memoryByGroup } from "../base/processes";
import type { Peer } from "../peers/peer";
import type { Figure } from "../report/results";
import { mapValues } from "./rounds";

/** Memory of the serving slot and of Nginx, host by host, after whatever load there was before. */
export function measureMemory(peers: readonly Peer[]): Figure[] {
  const readings = Object.fromEntries(
    peers.map((peer) => [
      peer.name,
      peer
        .machines()
        .filter(({ role }) => role === "host")
        .map(({ init }) => memoryByGroup(init)),
    ]),
  );
  const figure = (group: "application" | "nginx", title: string, able: string[]): Figure => ({
    id: `memory ${group}`,
    measure: "memory",
    title,
    unit: "MB",
    better: "less",
    goals: [],
    series: mapValues(Object.fromEntries(able.map((name) => [name, readings[name]!])), (hosts) =>
      hosts.map((sums) => ({ value: sums[group] / 1e6 })),
    ),
  });
  const withNginx = Object.keys(readings).filter((name) => readings[name]!.every(({ nginx }) => nginx > 0));
  return [
    figure("application", "memory, application on a host (sum of Pss)", Object.keys(readings)),
    figure("nginx", "memory, Nginx on a host (sum of Pss)", withNginx),
  ];
}
