import type { PeerMachines } from "./machines";
import type { Peer, PeerStack } from "./peer";
import { installSample, startUnits, stockFile, workers } from "./sampleOnMachine";

/** Gunicorn alone on one machine, plain HTTP: what the application costs when nothing stands before it. */
export function bare(machines: PeerMachines): PeerStack {
  const up = async (): Promise<Peer> => {
    await machines.boot({ bare: 20 });
    await installSample(machines, "bare");
    startUnits(machines, "bare", { "bare.service": stockFile("bare.service", { WORKERS: workers }) });
    return {
      name: "bare",
      about: `Gunicorn alone on 1 host, plain HTTP, ${workers} workers of 4 threads`,
      origin: `http://${machines.address(20)}:8000`,
      protocols: ["h1"],
      machines: () => [{ role: "host", init: machines.init("bare") }],
    };
  };
  return { name: "bare", up, remove: () => machines.remove() };
}
