import { demand } from "../base/command";
import type { ClosedLoopOptions } from "./h2load";
import { provideWrk } from "./tools";

/** As fast as some clients go, each request by a connection of its own, as Nginx sends them; requests per second. */
export async function closedLoopAnew(url: string, { connections, seconds }: ClosedLoopOptions): Promise<number> {
  const words = ["-t", "1", "-c", String(connections), "-d", `${seconds}s`, "--timeout", "30s"];
  words.push("-H", "Connection: close", url);
  return parseWrk((await demand([await provideWrk(), ...words])).stdout, url);
}

/**
 * What wrk prints at its end. An answer other than 2xx or 3xx, or a failure, makes the whole run one that says nothing. Errors at
 * reading are none: Gunicorn's asgi worker closes the connection after its answer without having said so.
 */
export function parseWrk(output: string, subject: string): number {
  const rate = /^Requests\/sec: +([\d.]+)$/m.exec(output);
  const wrong =
    /^ *(?:Non-2xx or 3xx responses: .+|Socket errors: (?!connect 0, read \d+, write 0, timeout 0$).+)$/m.exec(output);
  if (rate === null || wrong !== null)
    throw new Error(`wrk ${subject}: got ${wrong?.[0].trim() ?? output.slice(-2000)}; allowed: all of them answered`);
  return Number(rate[1]);
}
