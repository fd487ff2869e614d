import { inDebian } from "../tools/debian";
import type { Verdict } from "./judge";

interface Finding {
  id: string;
  severity: string;
  finding: string;
}

/** Certificate of the authority on standard input; the report comes on standard output. */
const script = 'cat >/tmp/ca.crt; testssl --jsonfile /tmp/report --add-ca /tmp/ca.crt "$@" >&2; cat /tmp/report';

export function testsslWords(name: string, address: string, port: number): string[] {
  const options = ["--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", address];
  return inDebian(["sh", "-c", script, "testssl", ...options, `${name}:${port}`]);
}

/** @param hsts whether browsers come here: without HSTS no grade is better than A */
export function readTestssl(output: string, hsts: boolean): Verdict {
  const findings = JSON.parse(output) as Finding[];
  const grade = findings.find(({ id }) => id === "overall_grade")?.finding ?? "none";
  const bad = findings.filter(({ severity }) => /^(LOW|MEDIUM|HIGH|CRITICAL|FATAL)$/.test(severity));
  const caps = findings.filter(({ id }) => id.startsWith("grade_cap_reason"));
  const capped = caps.every(({ finding }) => /HSTS is not offered/.test(finding));
  const reached = grade === "A+" || (!hsts && grade === "A" && capped);
  const evidence = [...caps, ...bad].map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`);
  return { figure: grade, faults: reached ? [] : [`grade ${grade}`, ...evidence] };
}
