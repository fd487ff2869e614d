import { z } from "zod";
import { describeChange } from "./changes";
import { settingsSchema, type SettingKey } from "./schema";

interface Node {
  about?: string;
  allowed?: string;
  default?: unknown;
  properties?: Record<string, Node>;
  /** Properties without which the group is wrong. */
  required?: string[];
  /** Of a list. */
  items?: Node;
  /** Of a map. */
  additionalProperties?: Node | boolean;
  /** Of what may be null. */
  anyOf?: Node[];
}

/** A setting by its dotted key. */
interface Row {
  key: string;
  node: Node;
  required: boolean;
}

const preamble = `# Settings

Generated from the schema that checks them (\`bin/docs\`). All keys stand below \`portico:\` in \`Pulumi.<stack>.yaml\`; what is not
set has its default. An unknown key, a value out of range or a contradiction is reported with all others before anything is touched.

Each must stay below the next, or requests are cut or answered 502: \`app.deadlineSeconds\` < \`gunicorn.timeoutSeconds\` <
\`nginx.proxyReadTimeoutSeconds\` < \`balancer.idleTimeoutSeconds\` < \`nginx.keepaliveTimeoutSeconds\`; \`gunicorn.gracefulTimeoutSeconds\` <
\`balancer.drainSeconds\`; \`app.deadlineSeconds\` at most \`gunicorn.gracefulTimeoutSeconds\`.

What a change does to a stack that is up, without a lost request: *nothing* that serves is touched; *in place*: a machine or a part of the cloud is changed as
it runs; *reload*: Nginx reads its files again; *new slot*: the application starts beside the serving one, which then finishes its requests; *machines* are added, or
leave once nothing is sent to them; *replacement*: machines become other ones, one after another; *refused* before anything is touched. Each row is proven by
\`tests/graph/settingChanges.test.ts\`, those of target \`local\` on machines under load by \`npm run test:long\`.
`;

/** Keys of all settings, in the order of the document. */
export function settingKeys(): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(settingsSchema, { io: "input" }) as Node;
  return flatten("", { properties, required }).map(({ key }) => key);
}

/** docs/configuration.md: every setting with meaning, default and what is allowed. */
export function settingsReference(): string {
  const root = z.toJSONSchema(settingsSchema, { io: "input" }) as Node;
  const entries = Object.entries(root.properties ?? {});
  const single = flatten("", {
    ...root,
    properties: Object.fromEntries(entries.filter(([, node]) => node.properties === undefined)),
  });
  const groups = entries.filter(([, node]) => node.properties !== undefined);
  return [preamble, table("", single), ...groups.map(([key, node]) => section(key, node))].join("\n");
}

function section(key: string, node: Node): string {
  return `## ${key}\n\n${node.about}.\n\n${table(`${key}.`, flatten("", node))}`;
}

function flatten(prefix: string, { properties = {}, required = [] }: Node): Row[] {
  return Object.entries(properties).flatMap(([name, node]): Row[] => {
    const key = `${prefix}${name}`;
    return node.properties === undefined
      ? [{ key, node, required: required.includes(name) }, ...inner(key, node)]
      : flatten(`${key}.`, node);
  });
}

/** What the groups of a list or a map hold, and a group that may be null. */
function inner(key: string, { items, additionalProperties, anyOf }: Node): Row[] {
  const group = anyOf?.find(({ properties }) => properties !== undefined);
  if (group !== undefined) return flatten(`${key}.`, group);
  if (items?.properties !== undefined) return flatten(`${key}[].`, items);
  return typeof additionalProperties === "object" && additionalProperties.properties !== undefined
    ? flatten(`${key}.NAME.`, additionalProperties)
    : [];
}

function table(group: string, rows: Row[]): string {
  const body = rows.map(
    (row) =>
      `| \`${row.key}\` | ${textOf(row, "about")} | ${defaultOf(row)} | ${textOf(row, "allowed")} | ${describeChange(`${group}${row.key}` as SettingKey)} |`,
  );
  return ["| setting | meaning | default | allowed | a change |", "|---|---|---|---|---|", ...body, ""].join("\n");
}

function defaultOf({ node, required }: Row): string {
  if (node.default !== undefined) return `\`${JSON.stringify(node.default)}\``;
  return required ? "must be set" : "none";
}

/** That of what may be null stands beside the null. */
function textOf({ node }: Row, field: "about" | "allowed"): string {
  const text = node[field] ?? node.anyOf?.[0]?.[field] ?? "";
  return text.replaceAll("|", "\\|");
}
