import { run } from "./run";
import type { TestStack } from "./testStack";

/** Status of what the first application host answers on 8443 to somebody in its network who shows no certificate. */
export async function askAsStranger(stack: TestStack): Promise<string> {
  const host = stack.url.replace(/\d+$/, "11");
  const words = ["--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}"];
  const { stdout } = await run(["curl", ...words, "--header", "Host: portico.internal", `${host}:8443/healthz`]);
  return stdout;
}
