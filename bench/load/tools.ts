import { existsSync } from "node:fs";
import path from "node:path";
import { programOnPath } from "../../bin/commands/base/engine";
import { demand } from "../base/command";
import { benchCache } from "../base/places";
import { say } from "../base/progress";

const vegetaVersion = "v12.13.0";

/** h2load: closed loop, HTTP/1.1 and HTTP/2, in C, so that it takes little of the processors that the peers need. */
export function provideH2load(): Promise<string> {
  return provide("h2load", "nghttp2-client");
}

/** wrk: closed loop over HTTP/1.1 also where each answer closes its connection, at which h2load never ends. */
export function provideWrk(): Promise<string> {
  return provide("wrk", "wrk");
}

async function provide(program: string, debianPackage: string): Promise<string> {
  const found = () => programOnPath(program, process.env.PATH ?? "");
  if (found() === undefined) {
    say(`installing ${debianPackage}`);
    const apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"];
    await demand([...apt, "update"]);
    await demand([...apt, "install", "-y", "--no-install-recommends", debianPackage]);
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
