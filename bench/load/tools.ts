import { existsSync } from "node:fs";
import path from "node:path";
import { programOnPath } from "../../bin/commands/base/engine";
import { demand } from "../base/command";
import { benchCache } from "../base/places";
import { say } from "../base/progress";

const vegetaVersion = "v12.13.0";

/** h2load: closed loop, HTTP/1.1 and HTTP/2, in C, so that it takes little of the processors that the peers need. */
export async function provideH2load(): Promise<string> {
  const found = () => programOnPath("h2load", process.env.PATH ?? "");
  if (found() === undefined) {
    say("installing nghttp2-client");
    const apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"];
    await demand([...apt, "update"]);
    await demand([...apt, "install", "-y", "--no-install-recommends", "nghttp2-client"]);
  }
  return found()!;
}

/** vegeta: requests at a constant rate, whatever the answers take. Built from its Go module at one version. */
export async function provideVegeta(): Promise<string> {
  const folder = path.join(benchCache(), `vegeta-${vegetaVersion}`);
  const program = path.join(folder, "vegeta");
  if (!existsSync(program)) {
    say(`building vegeta ${vegetaVersion} (once, half a minute)`);
    const environment = { ...process.env, GOWORK: "off", GOBIN: folder };
    await demand(["go", "install", `github.com/tsenart/vegeta/v12@${vegetaVersion}`], { env: environment });
  }
  return program;
}
