import { connect } from "node:tls";
import { http2Request, readHttp2 } from "./http2Frames";

/**
 * Sends requests that no library would send, each on a connection of its own:
 *   send.cli.ts ADDRESS NAME < JSON of what follows, by any key
 * Prints the statuses of the answers by the same keys. An answer over HTTP/1.1 is followed by a request that ends the connection.
 */
type Sent = { bytes: string; then: string } | { fields: [string, string][]; body?: string };

const [address, name] = process.argv.slice(2) as [string, string];
const atOnce = 8;
const patienceMilliseconds = 20_000;

function send(sent: Sent): Promise<number[]> {
  const old = "bytes" in sent;
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const answers = () =>
      old
        ? [...received.toString("latin1").matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status))
        : readHttp2(received).statuses;
    const options = { ALPNProtocols: [old ? "http/1.1" : "h2"], rejectUnauthorized: false, servername: name };
    const socket = connect({ host: address, port: 443, ...options }, () =>
      socket.write(old ? Buffer.from(sent.bytes + sent.then, "latin1") : http2Request(sent)),
    );
    socket.setTimeout(patienceMilliseconds, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!old && readHttp2(received).ended) socket.destroy();
    });
    // Nginx may reset a connection that it refuses.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answers()));
  });
}

async function main(): Promise<void> {
  let input = "";
  for await (const chunk of process.stdin) input += String(chunk);
  const waiting = Object.entries(JSON.parse(input) as Record<string, Sent>);
  const statuses: Record<string, number[]> = {};
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) statuses[next[0]] = await send(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  process.stdout.write(JSON.stringify(statuses));
}

void main();
