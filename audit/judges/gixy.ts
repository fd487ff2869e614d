import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { run } from "../../tests/support/run";
import { writeTree } from "../../tests/support/testHost";
import { pythonJudge } from "../tools/install";
import { without, type Exception, type Verdict } from "./judge";

export const gixyBar = "nothing without a reason";

const main = "etc/portico/nginx/nginx.conf";

const exceptions: readonly Exception[] = [
  {
    fault: /: missing_resolver in (edge|web)\/request-proxy\.conf$/,
    why: "the variable names one of two upstreams, whose servers are addresses or a socket: there is no name to look up",
  },
  {
    fault: /^host behind our balancer, .*: hsts_header in sites\/(web|other-names)\.conf$/,
    why: "headers for browsers are added once, by the Nginx that they reach",
  },
  {
    fault: /^host behind a cloud's balancer, .*: http_splitting in web\/locations\/closing\.conf$/,
    why: "an inner redirect to the path that the request has: it reaches no header",
  },
  {
    fault: /^host behind a cloud's balancer, .*: if_is_evil in web\/locations\/(static|root-files|media-[\w-]+)\.conf$/,
    why: "the if holds nothing but set and return, which run in the same phase: nothing is inherited or left out",
  },
];

interface Issue {
  path: string;
  file: string | null;
  plugin: string;
}

/**
 * Judges the files of Nginx of several hosts. Holes of a version are not asked for: distributions mend them under the same
 * number.
 */
export async function judgeNginxFiles(hosts: Readonly<Record<string, readonly HostFile[]>>): Promise<Verdict> {
  const folder = mkdtempSync(path.join(tmpdir(), "portico-gixy-"));
  const names = Object.keys(hosts);
  try {
    names.forEach((name, index) => writeTree(path.join(folder, String(index)), hosts[name]!));
    const files = names.map((_, index) => path.join(folder, String(index), main));
    const { stdout, output } = await run([...pythonJudge("gixy"), "--format", "json", ...files]);
    if (!stdout.startsWith("[")) throw new Error(`gixy: ${output}`);
    const issues = JSON.parse(stdout) as Issue[];
    const place = ({ path: host, file }: Issue) => path.relative(path.dirname(host), file ?? host);
    const host = (issue: Issue) => names[files.indexOf(issue.path)];
    const found = issues.map((issue) => `${host(issue)}: ${issue.plugin} in ${place(issue)}`);
    const faults = without(exceptions, found);
    return { figure: `${faults.length} in ${names.length} variants`, faults };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
