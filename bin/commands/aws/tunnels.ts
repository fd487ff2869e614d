import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { mostMachines } from "../../../lib/settings/groups/aws/machines";
import { machineTags } from "../../../lib/targets/aws/tags";
import { tunnelPort } from "../../../lib/targets/aws/tunnels";
import { printable } from "../../../lib/base/printable";
import { callAws, missingCli } from "./awsCli";
import { programOnPath, type Environment } from "../base/engine";
import { readAwsStack } from "../state/stackFile";

const project = "portico";
const loopback = "127.0.0.1";
/** How long a session may take to end by itself. */
const endMilliseconds = 2_000;

/** A machine and the port that leads to it. */
export interface Entrance {
  machine: string;
  port: number;
}

interface Instance {
  InstanceId: string;
  LaunchTime: string;
}

interface TunnelOptions {
  /**
   * Whether the tunnels that another command on this computer holds open are as good: a rollback must not wait for the update that it takes
   * back. Pinned host keys verify that they lead to the right machines.
   */
  share?: boolean;
}

/** Runs `act` with the tunnels of a stack open, where its settings need them; they are closed whatever becomes of it. */
export async function withTunnels<Result>(
  stack: string,
  environment: Environment,
  act: () => Promise<Result>,
  options: TunnelOptions = {},
): Promise<Result> {
  const settings = readAwsStack(stack)?.aws;
  if (settings?.access.mode !== "ssm") return act();
  const tunnels = await Tunnels.open(stack, settings.region, entrances, environment, options);
  try {
    return await act();
  } finally {
    await tunnels.close();
  }
}

/** As many as the settings allow machines: a stack may have more of them than it is to have from now on. */
export const entrances: readonly Entrance[] = Array.from({ length: mostMachines }, (_, index) => ({
  machine: `web-${index + 1}`,
  port: tunnelPort(index),
}));

/**
 * A port of this computer for each machine of a stack. A connection leads to sshd of the machine that has the name at that
 * moment, by a session of Session Manager; nothing runs before the first one.
 */
export class Tunnels {
  private readonly servers: Server[] = [];
  private readonly sessions = new Set<ChildProcess>();
  private readonly reported = new Set<string>();
  private closed = false;
  private readonly endAtExit = () => this.sessions.forEach((session) => endGroup(session, "SIGKILL"));

  private constructor(
    private readonly stack: string,
    private readonly region: string,
    private readonly environment: Environment,
  ) {}

  static async open(
    stack: string,
    region: string,
    places: readonly Entrance[],
    environment: Environment,
    { share = false }: TunnelOptions = {},
  ): Promise<Tunnels> {
    checkPrograms(environment);
    const tunnels = new Tunnels(stack, region, environment);
    // Whether AWS answers at all is known before anything begins.
    await tunnels.find(places[0]!.machine);
    process.once("exit", tunnels.endAtExit);
    try {
      for (const place of places) tunnels.servers.push(...(await tunnels.listen(place, share)));
    } catch (error) {
      await tunnels.close();
      throw error;
    }
    return tunnels;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.servers.forEach((server) => server.close());
    this.sessions.forEach((session) => endGroup(session, "SIGTERM"));
    for (let waited = 0; this.sessions.size > 0 && waited < endMilliseconds; waited += 50) await pause(50);
    this.endAtExit();
    process.off("exit", this.endAtExit);
  }

  /** None where another command listens there and its tunnel will do. */
  private listen({ machine, port }: Entrance, share: boolean): Promise<Server[]> {
    const server = createServer((socket) => void this.serve(machine, socket));
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        share && error.code === "EADDRINUSE"
          ? resolve([])
          : reject(
              new Error(
                `tunnel of ${machine}: got ${error.message}; allowed: a free port ${loopback}:${port}; wait for the other update on this computer, or end bin/tunnel`,
              ),
            ),
      );
      server.listen(port, loopback, () => resolve([server]));
    });
  }

  private async serve(machine: string, socket: Socket): Promise<void> {
    socket.on("error", () => socket.destroy());
    try {
      const instanceId = await this.find(machine);
      if (instanceId === undefined) throw new Error("there is no such machine now");
      if (this.closed) socket.destroy();
      if (!socket.destroyed) this.connect(machine, instanceId, socket);
    } catch (error) {
      this.report(machine, (error as Error).message);
      socket.destroy();
    }
  }

  /** The newest one: while a machine is being replaced there are two of its name. */
  private async find(machine: string): Promise<string | undefined> {
    const tags = machineTags(project, this.stack, machine);
    const filters = Object.entries(tags).map(([key, value]) => `Name=tag:${key},Values=${value}`);
    const words = [
      "ec2",
      "describe-instances",
      "--region",
      this.region,
      "--filters",
      ...filters,
      "Name=instance-state-name,Values=pending,running",
    ];
    const { Reservations } = await callAws<{ Reservations: { Instances: Instance[] }[] }>(words, this.environment);
    const instances = Reservations.flatMap(({ Instances }) => Instances);
    return instances.sort((left, right) => right.LaunchTime.localeCompare(left.LaunchTime))[0]?.InstanceId;
  }

  /** The session has a group of its own: an interrupt from the terminal is for the engine, which still needs it. */
  private connect(machine: string, instanceId: string, socket: Socket): void {
    const words = [
      "ssm",
      "start-session",
      "--region",
      this.region,
      "--target",
      instanceId,
      "--document-name",
      "AWS-StartSSHSession",
      "--parameters",
      "portNumber=22",
    ];
    const session = spawn("aws", words, { env: this.environment, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    let complaint = "";
    this.sessions.add(session);
    session.stdin.on("error", () => undefined);
    session.stderr.on("data", (chunk: Buffer) => (complaint += printable(chunk.toString())));
    socket.pipe(session.stdin);
    session.stdout.pipe(socket);
    socket.on("close", () => endGroup(session, "SIGTERM"));
    session.on("error", (error) => {
      this.sessions.delete(session);
      socket.destroy(error);
    });
    session.on("close", (code) => {
      this.sessions.delete(session);
      if (code !== 0 && code !== null && complaint !== "") this.report(machine, complaint.trim());
      socket.end();
    });
  }

  /** Each complaint once: the engine tries again until the agent of a new machine answers. */
  private report(machine: string, complaint: string): void {
    const line = `portico: tunnel to ${machine}: ${complaint}\n`;
    if (this.reported.has(line)) return;
    this.reported.add(line);
    process.stderr.write(line);
  }
}

function checkPrograms({ PATH = "" }: Environment): void {
  if (programOnPath("aws", PATH) === undefined) throw new Error(missingCli);
  if (programOnPath("session-manager-plugin", PATH) === undefined) {
    throw new Error(
      "session-manager-plugin: got no such program on PATH; allowed: the plugin of the AWS CLI, which aws.access.mode ssm needs; see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
    );
  }
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
