import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { workspace } from "../base/places";
import type { PeerMachines } from "./machines";
import type { Peer, PeerStack } from "./peer";
import { installSample, startNginx, startUnits, stockFile, workers } from "./sampleOnMachine";

const addresses = { "stock-balancer": 10, "stock-1": 11, "stock-2": 12 };
const hosts = ["stock-1", "stock-2"];

/** What tutorials write: Debian's Nginx with TLS, plain HTTP to two hosts, each Nginx and Gunicorn with sync workers. */
export function stock(machines: PeerMachines): PeerStack {
  const up = async (): Promise<Peer> => {
    await machines.boot(addresses);
    for (const host of hosts) {
      await installSample(machines, host);
      startUnits(machines, host, {
        "gunicorn.socket": stockFile("gunicorn.socket"),
        "gunicorn.service": stockFile("gunicorn.service", { WORKERS: workers }),
      });
      startNginx(machines, host, stockFile("host.conf"));
    }
    const { certificate, key } = makeCertificate(machines.address(10));
    machines.run("stock-balancer", "cat > /etc/ssl/site.crt", readFileSync(certificate));
    machines.run("stock-balancer", "umask 077; cat > /etc/ssl/site.key", readFileSync(key));
    const [first, second] = [machines.address(11), machines.address(12)];
    startNginx(machines, "stock-balancer", stockFile("balancer.conf", { HOST_1: first, HOST_2: second }));
    return {
      name: "stock",
      about: `Debian's Nginx with TLS, plain HTTP to 2 hosts, each Debian's Nginx and Gunicorn, ${workers} sync workers`,
      origin: `https://${machines.address(10)}`,
      authority: certificate,
      protocols: ["h1", "h2"],
      machines: () => [
        { role: "balancer", init: machines.init("stock-balancer") },
        ...hosts.map((host) => ({ role: "host" as const, init: machines.init(host) })),
      ],
    };
  };
  return { name: "stock", up, remove: () => machines.remove() };
}

/** A certificate that signs itself, of the kind that Portico's balancer has (P-256). */
function makeCertificate(address: string): { certificate: string; key: string } {
  const [certificate, key] = [path.join(workspace, "stock.crt"), path.join(workspace, "stock.key")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  const subject = ["-subj", "/CN=stock", "-addext", `subjectAltName=IP:${address}`];
  if (!existsSync(certificate))
    execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", certificate], { stdio: "pipe" });
  return { certificate, key };
}
