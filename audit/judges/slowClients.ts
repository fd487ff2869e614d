import path from "node:path";
import { run, type Run } from "../../tests/support/run";
import { lostIn, startLoad, type Report, type Target } from "../../tests/support/strictClient";
import { inDebian } from "../tools/debian";
import type { Verdict } from "./judge";

export const slowClientsBar = "normal clients 0 failed, p99 at most doubled";

const seconds = 40;
const held = 10_000;
/** Below it, a p99 says nothing but how busy this computer is. */
const leastP99 = 50;

/** What one address does while others are served, by its name in the table. */
export function attacks(url: string, address: string, from: string): Record<string, string[]> {
  const slow = (mode: string, page: string, ...more: string[]) =>
    inDebian([
      ...["slowhttptest", mode, "-c", "1500", "-r", "300", "-l", String(seconds), "-i", "10", "-p", "5", "-v", "1"],
      ...more,
      ...["-u", `${url}${page}`],
    ]);
  return {
    "slow heads": slow("-H", "/"),
    "slow bodies": slow("-B", "/upload", "-s", "8192"),
    "slow reading": slow("-X", "/static/app.js", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"),
    [`${held} held connections`]: [
      ...["python3", path.join(__dirname, "../tools/hold.py"), address, "443", from],
      ...[String(held), String(seconds)],
    ],
  };
}

/** Normal clients beside an attack, compared with the same clients alone. */
export async function judgeAttack(clients: Target, attack: readonly string[], alone: Report): Promise<Verdict> {
  const load = startLoad({ ...clients, ...normal, maxSeconds: seconds });
  const [report, attacker] = await Promise.all([load.ended, run([...attack])]);
  return compare(alone, report, attacker);
}

export const normal = { connections: 8, pauseMs: 100, methods: ["GET"] };
export const normalAlone = (clients: Target) => startLoad({ ...clients, ...normal, maxSeconds: seconds / 2 }).ended;

function compare(alone: Report, report: Report, attacker: Run): Verdict {
  const most = 2 * Math.max(alone.p99Ms, leastP99);
  const late = report.p99Ms > most ? [`p99 ${report.p99Ms} ms; at most ${most}`] : [];
  const idle =
    attacker.code === 0 || attacker.signal !== null ? [] : [`the attack ended: ${attacker.output.slice(-500)}`];
  const failed = `${report.failures.total} of ${report.attempts} failed`;
  const said = /held .*/.exec(attacker.stdout)?.[0];
  return {
    figure: `${failed}, p99 ${Math.round(alone.p99Ms)} → ${Math.round(report.p99Ms)} ms${said ? ` (${said})` : ""}`,
    faults: [...lostIn(report), ...late, ...idle],
  };
}
