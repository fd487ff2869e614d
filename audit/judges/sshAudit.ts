import { pythonJudge } from "../tools/install";
import { without, type Exception, type Verdict } from "./judge";

interface Algorithm {
  algorithm: string;
  notes: { fail?: string[]; warn?: string[] };
}

interface Report {
  kex: Algorithm[];
  key: Algorithm[];
  enc: Algorithm[];
  mac: Algorithm[];
  cves: { name: string }[];
}

export const sshAuditBar = "no fail, no warning without a reason";

const exceptions: readonly Exception[] = [
  {
    fault: /^warn kex curve25519-sha256(@libssh\.org)?: does not provide protection against post-quantum attacks$/,
    why: "the command plugin 1.2.1 has no group that is safe from quantum computers",
  },
];

/**
 * Words that judge an sshd. Its test of the rate of new connections is left out: it stands for a guard against clients that make
 * the server compute groups of Diffie and Hellman (DHEat), and those are not offered.
 */
export function sshAuditWords(address: string, port = 22): string[] {
  return [...pythonJudge("ssh_audit"), "--json", "--skip-rate-test", "--port", String(port), address];
}

export function readSshAudit(output: string): Verdict {
  const report = JSON.parse(output) as Report;
  const found = (level: "fail" | "warn") =>
    (["kex", "key", "enc", "mac"] as const).flatMap((kind) =>
      report[kind].flatMap(({ algorithm, notes }) =>
        (notes[level] ?? []).map((text) => `${level} ${kind} ${algorithm}: ${text}`),
      ),
    );
  const [fails, warnings] = [found("fail"), found("warn")];
  const holes = report.cves.map(({ name }) => `fail ${name}`);
  return {
    figure: `${fails.length + holes.length} fail, ${warnings.length} warn`,
    faults: without(exceptions, [...fails, ...holes, ...warnings]),
  };
}
