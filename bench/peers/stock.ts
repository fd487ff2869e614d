import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { workspace } from "../base/places";
import type { Peer, PeerStack } from "./peer";
import { startNginx, stockFile, workers } from "./sampleOnMachine";
import type { StockFleet } from "./stockFleet";

const balancer = { "stock-balancer": 10 };

/** What tutorials write: Debian's Nginx with TLS, plain HTTP to two hosts, each Nginx and Gunicorn with sync workers. */
export function stock(fleet: StockFleet): PeerStack {
  const { machines } = fleet;
  const up = async (): Promise<Peer> => {
    await machines.boot(balancer);
    await fleet.fit(2);
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
        ...fleet.hosts().map(({ name }) => ({ role: "host" as const, init: machines.init(name) })),
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
