import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const checkout = path.resolve(__dirname, "../../..");
const startSeconds = 60;
const endSeconds = 120;

/** What the account holds before the first update, and where the stand-in listens. */
export interface Account {
  pid: number;
  endpoint: string;
  region: string;
  accountId: string;
  zoneId: string;
  domain: string;
  imageId: string;
  newerImageId: string;
  otherImageId: string;
}

/** States of the targets of one balancer's group at one moment. */
export interface Moment {
  at: number;
  group: string;
  states: Record<string, string>;
}

/** AWS as far as the tests need it: moto's server, and a local machine for each of its instances. A process of its own. */
export class StandIn {
  constructor(readonly folder: string) {}

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const log = openSync(this.log, "a");
    const child = spawn(pythonWithMoto(), ["-m", "standIn", "serve", this.folder], {
      detached: true,
      stdio: ["ignore", log, log],
      env: pythonEnvironment(),
    });
    child.unref();
    for (let waited = 0; !existsSync(this.record); waited += 0.2) {
      if (child.exitCode !== null || waited > startSeconds)
        throw new Error(`the stand-in for AWS did not start:\n${this.lastLines()}`);
      await pause(200);
    }
  }

  /** Ends it with its machines and its bridge, also one that an earlier run left or that was killed. */
  async stop(): Promise<void> {
    if (!existsSync(this.folder)) return;
    if (existsSync(this.record) && isStandIn(this.account.pid)) {
      const { pid } = this.account;
      process.kill(pid, "SIGTERM");
      for (let waited = 0; isStandIn(pid) && waited < endSeconds; waited += 0.2) await pause(200);
    }
    execFileSync(pythonWithMoto(), ["-m", "standIn", "remove", this.folder], {
      env: pythonEnvironment(),
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  get account(): Account {
    return JSON.parse(readFileSync(this.record, "utf8")) as Account;
  }

  /** What makes the provider, the SDKs and the AWS CLI talk to the stand-in. No other address is reachable by them. */
  get environment(): NodeJS.ProcessEnv {
    const { endpoint, region } = this.account;
    return {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_EC2_METADATA_DISABLED: "true",
      // Buckets and accounts stand before the host name, as in 123456789012.localhost, which no resolver knows: as a
      // proxy the stand-in gets such requests by their address. `localhost` itself is never asked through a proxy.
      HTTP_PROXY: endpoint.replace("localhost", "127.0.0.1"),
    };
  }

  /** One operation as somebody beside the program does it, in boto3's words. */
  call<Answer>(service: string, operation: string, parameters: Record<string, unknown> = {}): Answer {
    const words = ["-m", "standIn", "call", this.folder, service, operation, JSON.stringify(parameters)];
    return JSON.parse(
      execFileSync(pythonWithMoto(), words, {
        encoding: "utf8",
        env: pythonEnvironment(),
        maxBuffer: 64 * 1024 * 1024,
      }),
    ) as Answer;
  }

  /** Actions that the calls up to now needed, as a policy names them. */
  actions(): string[] {
    return readFileSync(path.join(this.folder, "calls.txt"), "utf8").trim().split("\n");
  }

  /** States of targets, each second since a moment in milliseconds. */
  moments(since: number): Moment[] {
    const lines = readFileSync(path.join(this.folder, "capacity.jsonl"), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Moment).filter(({ at }) => at >= since);
  }

  /** Runs a shell script as root on the machine of an instance and answers its output. */
  onMachine(instanceId: string, script: string): string {
    const { pid } = JSON.parse(
      readFileSync(path.join(this.folder, "machines", instanceId, "machine.json"), "utf8"),
    ) as { pid: number };
    const init = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]!;
    const environment = { PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" };
    return execFileSync("nsenter", ["-t", init, "-a", "--", "sh", "-c", script], {
      encoding: "utf8",
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  lastLines(): string {
    return readFileSync(this.log, "utf8").split("\n").slice(-30).join("\n");
  }

  private get log(): string {
    return path.join(this.folder, "standIn.log");
  }

  private get record(): string {
    return path.join(this.folder, "standIn.json");
  }
}

function pythonWithMoto(): string {
  const program = execFileSync("bash", ["-c", ". toolchain/lib.sh; . toolchain/moto.sh; motoPython"], {
    cwd: checkout,
    encoding: "utf8",
  }).trim();
  if (!existsSync(program)) throw new Error(`moto is not there (${program}): run bin/test-aws, which makes it ready`);
  return program;
}

function pythonEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PYTHONPATH: `${path.join(checkout, "tests/aws")}:${checkout}`,
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** Whether the process of that number is one of ours, and not one that came later. */
function isStandIn(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("standIn");
  } catch {
    return false;
  }
}
