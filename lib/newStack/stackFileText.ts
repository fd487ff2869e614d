import { stringify } from "yaml";
import type { Project } from "./project";

export interface Wanted {
  stack: string;
  /** The application's folder, as it stands in the stack file. */
  folder: string;
  target: "local" | "hosts";
  /** Names of the site; none: the target's own. */
  domains: readonly string[];
  /** Network of local machines, where the usual one is another stack's. */
  addressRange?: string;
}

/** The stack file of an application: what was found, and in comments what is left to do. */
export function stackFileText(wanted: Wanted, { app, gunicorn, open }: Project): string {
  const groups: [string, unknown][] = [
    ["target", wanted.target],
    ["app", { folder: wanted.folder, ...app }],
    ...(Object.keys(gunicorn).length > 0 ? [["gunicorn", gunicorn] as [string, unknown]] : []),
    ...(wanted.domains.length > 0 ? [["site", { domains: [...wanted.domains] }] as [string, unknown]] : []),
    ...(wanted.addressRange === undefined
      ? []
      : [["local", { addressRange: wanted.addressRange }] as [string, unknown]]),
  ];
  const config = Object.fromEntries(groups.map(([group, value]) => [`portico:${group}`, value]));
  const lines = [
    `# Settings of the stack \`${wanted.stack}\`. Every setting with its default and meaning: docs/configuration.md`,
    ...(open.length > 0 ? ["#", "# Left to do:", ...open.map((line) => `# - ${line}`)] : []),
    stringify({ config }, { lineWidth: 0, flowCollectionPadding: false }).trimEnd(),
    ...(wanted.target === "hosts" ? hostLines : []),
    "",
  ];
  return lines.join("\n");
}

const hostLines = [
  "  portico:hosts:",
  "    machines:",
  "      # One or more of these, each with its own host key: docs/hosts.md",
  "      # - { name: web-1, address: 203.0.113.11, roles: [web, balancer], user: deploy, platform: debian-13, hostKey: ssh-ed25519 AAAA… }",
];

/** A range of the same form as the usual one that no stack file names. */
export function freeRange(taken: readonly string[], usual = "10.31.64.0/24"): string | undefined {
  if (!taken.includes(usual)) return undefined;
  const ranges = Array.from({ length: 32 }, (_, index) => `10.31.${100 + index}.0/24`);
  const free = ranges.find((range) => !taken.includes(range));
  if (free === undefined)
    throw new Error("local.addressRange: all of 10.31.100.0/24 to 10.31.131.0/24 are named by stack files");
  return free;
}
