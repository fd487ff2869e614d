import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { until } from "./until";

const server = "/usr/bin/redis-server";

/** Debian's Redis on this computer, for the test alone: what is in it is gone with it. */
export class Redis {
  private constructor(
    private readonly port: number,
    private readonly password: string,
    private readonly process: ReturnType<typeof spawn>,
  ) {}

  static async start(port: number, password: string): Promise<Redis> {
    if (!existsSync(server))
      execFileSync("apt-get", ["-qq", "-y", "--no-install-recommends", "install", "redis-server"], { stdio: "ignore" });
    const child = spawn(server, ["-"], { stdio: ["pipe", "ignore", "inherit"] });
    child.stdin.end(
      [`port ${port}`, "bind 0.0.0.0", `requirepass ${password}`, 'save ""', "appendonly no", ""].join("\n"),
    );
    const redis = new Redis(port, password, child);
    await until(
      () => redis.answers(),
      () => `no answer on port ${port}`,
    );
    return redis;
  }

  /** A command and its answer, a line for each value. */
  ask(...words: string[]): string[] {
    return execFileSync("redis-cli", ["-p", String(this.port), "--no-auth-warning", ...words], {
      encoding: "utf8",
      env: { ...process.env, REDISCLI_AUTH: this.password },
      maxBuffer: 64 * 1024 * 1024,
    })
      .split("\n")
      .filter((line) => line !== "");
  }

  stop(): void {
    this.process.kill("SIGKILL");
  }

  private answers(): boolean {
    try {
      return this.ask("ping").includes("PONG");
    } catch {
      return false;
    }
  }
}
