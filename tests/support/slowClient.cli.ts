import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { request } from "node:https";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { SlowExchange, SlowOutcome } from "./slowClient";

/** One request at a pace of its own: `slowClient.cli.ts EXCHANGE`, both in JSON. Prints what came of it. */

const exchange = JSON.parse(process.argv[2]!) as SlowExchange;
const name = "portico.internal";
const ca = readFileSync(exchange.authority);
const method = exchange.upload === undefined ? "GET" : "POST";

interface Opened {
  sent: Writable;
  answer: Promise<{ status: number; body: Readable }>;
  end: () => void;
}

function open(): Opened {
  const headers = exchange.upload === undefined ? {} : { "content-length": String(2 * exchange.upload.halfBytes) };
  if (exchange.http2) {
    const session = connect(`https://${name}`, {
      createConnection: () =>
        connectTls({ host: exchange.address, port: 443, servername: name, ca, ALPNProtocols: ["h2"] }),
    });
    const stream = session.request(
      { ":method": method, ":path": exchange.path, ...headers },
      { endStream: exchange.upload === undefined },
    );
    const answer = new Promise<{ status: number; body: Readable }>((resolve, reject) => {
      stream.on("response", (fields) => resolve({ status: Number(fields[":status"]), body: stream }));
      stream.on("error", reject).on("close", () => reject(new Error("closed")));
      session.on("error", reject);
    });
    return { sent: stream, answer, end: () => session.destroy() };
  }
  const sent = request({
    host: exchange.address,
    servername: name,
    method,
    path: exchange.path,
    ca,
    headers: { host: name, ...headers },
  });
  const answer = new Promise<{ status: number; body: Readable }>((resolve, reject) => {
    sent.on("response", (response) => resolve({ status: response.statusCode!, body: response }));
    sent.on("error", reject).on("close", () => reject(new Error("closed")));
  });
  return { sent, answer, end: () => sent.destroy() };
}

async function send(sent: Writable): Promise<void> {
  if (exchange.upload === undefined) return void sent.end();
  const half = Buffer.alloc(exchange.upload.halfBytes);
  sent.write(half);
  await wait(exchange.upload.pauseSeconds * 1000);
  sent.end(half);
}

/** Reads slowly for a while, then nothing for a while, then as fast as it comes. */
async function read(body: Readable): Promise<{ bytes: number; text: string }> {
  const { bytesPerSecond = Infinity, slowSeconds = 0, pauseSeconds = 0 } = exchange.download ?? {};
  const began = Date.now();
  const taken = { bytes: 0, text: "" };
  let paused = false;
  for await (const piece of body as AsyncIterable<Buffer>) {
    taken.bytes += piece.length;
    if (taken.bytes < 1000) taken.text += piece.toString();
    const elapsed = () => (Date.now() - began) / 1000;
    if (elapsed() < slowSeconds) await wait(Math.max(0, (taken.bytes / bytesPerSecond - elapsed()) * 1000));
    else if (!paused) {
      paused = true;
      await wait(pauseSeconds * 1000);
    }
  }
  await finished(body);
  return taken;
}

async function main(): Promise<SlowOutcome> {
  const { sent, answer, end } = open();
  sent.on("error", () => undefined);
  let status = 0;
  try {
    const sending = send(sent);
    const { status: answered, body } = await answer;
    status = answered;
    const { bytes, text } = await read(body);
    await Promise.race([sending, wait(100)]);
    return { status, bytes, text, failure: null };
  } catch (problem) {
    return { status, bytes: 0, text: "", failure: String(problem) };
  } finally {
    end();
  }
}

void main().then((outcome) => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
