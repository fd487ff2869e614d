import { z } from "zod";
import { settingsSchema } from "./schema";

interface Node {
  about?: string;
  allowed?: string;
  default?: unknown;
  properties?: Record<string, Node>;
}

const preamble = `# Settings

Generated from the schema that checks them (\`bin/docs\`). All keys stand below \`portico:\` in \`Pulumi.<stack>.yaml\`; what is not
set has its default. An unknown key, a value out of range or a contradiction is reported with all others before anything is touched.

Each must stay below the next, or requests are cut or answered 502: \`app.deadlineSeconds\` < \`gunicorn.timeoutSeconds\` <
\`nginx.proxyReadTimeoutSeconds\` < \`balancer.idleTimeoutSeconds\` < \`nginx.keepaliveTimeoutSeconds\`; \`gunicorn.gracefulTimeoutSeconds\` <
\`balancer.drainSeconds\`; \`app.deadlineSeconds\` at most \`gunicorn.gracefulTimeoutSeconds\`.
`;

/** docs/configuration.md: every setting with meaning, default and what is allowed. */
export function settingsReference(): string {
  const root = z.toJSONSchema(settingsSchema, { io: "input" }) as Node;
  const entries = Object.entries(root.properties ?? {});
  const single = entries.filter(([, node]) => node.properties === undefined);
  const groups = entries.filter(([, node]) => node.properties !== undefined);
  return [preamble, table(single), ...groups.map(([key, node]) => section(key, node))].join("\n");
}

function section(key: string, node: Node): string {
  return `## ${key}\n\n${node.about}.\n\n${table(flatten("", node))}`;
}

function flatten(prefix: string, node: Node): [string, Node][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    child.properties === undefined ? [[`${prefix}${key}`, child] as [string, Node]] : flatten(`${prefix}${key}.`, child),
  );
}

function table(rows: [string, Node][]): string {
  const body = rows.map(([key, node]) => `| \`${key}\` | ${cell(node.about)} | ${defaultOf(node)} | ${cell(node.allowed)} |`);
  return ["| setting | meaning | default | allowed |", "|---|---|---|---|", ...body, ""].join("\n");
}

function defaultOf(node: Node): string {
  return node.default === undefined ? "must be set" : `\`${JSON.stringify(node.default)}\``;
}

function cell(text: string | undefined): string {
  return (text ?? "").replaceAll("|", "\\|");
}
