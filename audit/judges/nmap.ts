import { inDebian, inNetworkOf } from "../tools/debian";
import type { Verdict } from "./judge";

export const declaredPorts = { host: [22, 8443], balancer: [22, 80, 443] } as const;
export const nmapBar = "declared ports alone";

/** Words that look from one machine for open TCP ports of another, all 65,535. */
export function nmapWords(fromInit: number, address: string): string[] {
  const options = ["-n", "-Pn", "-p", "1-65535", "-T4", "--min-rate", "3000", "--open", "-oG", "-"];
  return [...inNetworkOf(fromInit), ...inDebian(["nmap", ...options, address])];
}

export function readNmap(output: string, role: keyof typeof declaredPorts, way: string): Verdict {
  if (!/Nmap done/.test(output)) return { figure: "none", faults: [`${way}: ${output.slice(-500)}`] };
  const open = [...output.matchAll(/(\d+)\/open\//g)].map(([, port]) => Number(port));
  const declared: readonly number[] = declaredPorts[role];
  const others = open.filter((port) => !declared.includes(port)).map((port) => `${way}: ${port} is open`);
  // A scan that finds nothing at all has not reached the machine.
  const blind = open.length === 0 ? [`${way}: found no open port`] : [];
  return { figure: open.join(" "), faults: [...others, ...blind] };
}
