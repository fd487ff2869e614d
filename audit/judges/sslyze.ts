import { pythonJudge } from "../tools/install";
import { knowing } from "../tools/names";
import type { Verdict } from "./judge";

export function sslyzeWords(name: string, address: string, port: number, authorityFile: string): string[] {
  const options = ["--mozilla_config=intermediate", `--certinfo_ca_file=${authorityFile}`];
  return knowing(name, address, [...pythonJudge("sslyze"), ...options, `${name}:${port}`]);
}

/** sslyze lists each deviation from Mozilla's profile below the name of the server. */
export function readSslyze(output: string): Verdict {
  const verdict = output.split("COMPLIANCE AGAINST TLS CONFIGURATION")[1];
  if (verdict === undefined) return { figure: "none", faults: [output.slice(-2000)] };
  if (/: OK - Compliant/.test(verdict)) return { figure: "no deviation", faults: [] };
  const faults = [...verdict.matchAll(/^\s+\* (.+)$/gm)].map(([, fault]) => fault!);
  return { figure: `${faults.length} deviations`, faults: faults.length > 0 ? faults : [verdict.trim()] };
}
