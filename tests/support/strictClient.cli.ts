/**
 * The strict client for shells. Prints the report as JSON when the load ends, by time, by count or by SIGINT or SIGTERM.
 *
 * Exit code: 0 when no request was lost, 1 when one was or none was answered, 2 for wrong usage.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type LoadOptions, startLoad } from "./strictClient";

const usage = `usage: node -r @swc-node/register tests/support/strictClient.cli.ts --url https://ADDRESS:PORT [--ca FILE]
  [--client-certificate FILE] [--servername NAME] [--host NAME] [--path /whoami] [--methods GET,POST] [--connections 8] [--pause-ms 0]
  [--seconds 30] [--requests 1000000] [--local-address ADDRESS]`;

function readArguments(): LoadOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      url: text,
      ca: text,
      "client-certificate": text,
      servername: text,
      host: text,
      path: text,
      methods: text,
      connections: text,
      "pause-ms": text,
      seconds: text,
      requests: text,
      "local-address": text,
    },
  });
  if (values.url === undefined || !/^https?:\/\/[^/]+\/?$/.test(values.url)) {
    throw new Error(`--url: got ${values.url ?? "nothing"}; allowed: https://ADDRESS:PORT; give the path by --path`);
  }
  return {
    url: values.url,
    ca: readGiven(values.ca),
    clientCertificate: readGiven(values["client-certificate"]),
    servername: values.servername,
    host: values.host,
    path: values.path,
    methods: values.methods?.split(","),
    connections: readCount("--connections", values.connections, 8),
    pauseMs: readCount("--pause-ms", values["pause-ms"], 0),
    maxSeconds: readCount("--seconds", values.seconds, 30),
    maxRequests: readCount("--requests", values.requests, 1_000_000),
    localAddress: values["local-address"],
  };
}

function readGiven(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

function readCount(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name}: got ${text}; allowed: a whole number; give one`);
  return Number(text);
}

async function main(): Promise<number> {
  let options: LoadOptions;
  try {
    options = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const load = startLoad(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void load.stop());
  const report = await load.ended;
  console.log(JSON.stringify(report, undefined, 2));
  return report.failures.total === 0 && report.succeeded > 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
