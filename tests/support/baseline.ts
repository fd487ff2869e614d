import type { HostFile } from "../../lib/hostFiles/hostFile";
import { serverList } from "../../lib/hostFiles/healthCheck";
import { contract } from "../../lib/base/contract";
import { ownServerName } from "../../lib/hosts/wellKnown";
import { platforms, type PlatformId } from "../../lib/hosts/platforms";
import { parseSettings, type Settings } from "../../lib/settings";

type Overrides = { [group: string]: unknown };

/** Settings of an application with a stream and a login; `overrides` replace single values, group by group. */
export function baselineSettings(overrides: Overrides = {}): Settings {
  const baseline = {
    app: { module: "portico_sample:app", streamPaths: ["/events"] },
    nginx: { rateLimits: { login: { paths: ["/login"] } } },
  };
  return parseSettings(merged(baseline, overrides) as Record<string, unknown>);
}

/** One site: a balancer and two application hosts. */
export function baselinePlan(platform: PlatformId) {
  return {
    platform: platforms[platform],
    siteNames: ["portico.internal", "10.31.64.10"],
    balancerAddresses: ["10.31.64.10"],
    firewall: {
      sshRanges: ["10.31.64.1"],
      sshPorts: [22],
      hostAddresses: ["10.31.64.10", "10.31.64.11", "10.31.64.12"],
    },
    webHosts: [
      { name: "web-1", address: "10.31.64.11" },
      { name: "web-2", address: "10.31.64.12" },
    ],
  };
}

/** Content of the file at `path`; an error when it is not among them. */
export function contentOf(files: readonly HostFile[], path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined)
    throw new Error(`${path} is not among the files: ${files.map((candidate) => candidate.path).join(" ")}`);
  return file.content;
}

/** Directives of a configuration file: its lines without comments and blank ones, trimmed. */
export function directives(content: string): string[] {
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function merged(below: unknown, above: unknown): unknown {
  if (!isGroup(below) || !isGroup(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, key in above ? merged(below[key], above[key]) : below[key]]));
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the health check wrote on a balancer with these files: all hosts serve. Nothing where none is watched. */
export function serverListFiles(files: readonly HostFile[]): HostFile[] {
  const watched = files.find(({ path }) => path === "/etc/portico/watch.json");
  if (watched === undefined) return [];
  const { hosts } = JSON.parse(watched.content) as { hosts: { name: string; address: string; server: string }[] };
  const names = hosts.map(
    ({ name, address }) => `"~(?:^|[ ,])${address.replaceAll(".", "\\.")}:8443$" ${ownServerName(name)};\n`,
  );
  const file = { mode: "0644", owner: "root", group: "root", effect: "none" } as const;
  return [
    { path: serverList, content: hosts.map(({ server }) => `server ${server};\n`).join(""), ...file },
    { path: contract.paths.hostNames, content: names.join(""), ...file },
  ];
}
