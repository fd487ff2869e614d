import type { z } from "zod";
import { Fault, SettingsError } from "./faults";
import { withoutFormerCertificate } from "./formerCertificate";
import { relationFaults } from "./relations";
import { settingsSchema, type Settings } from "./schema";

/**
 * Makes settings of what a stack file says (the values below `portico:`, without the secrets).
 * Throws a SettingsError that lists every fault.
 */
export function parseSettings(stackFile: Record<string, unknown>): Settings {
  const given = withoutFormerCertificate(stackFile);
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) throw new SettingsError(parsed.error.issues.flatMap((issue) => issueFaults(issue, given)));
  const settings: Settings = deepFreeze(parsed.data);
  const faults = relationFaults(settings);
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

function issueFaults(issue: z.core.$ZodIssue, given: unknown): Fault[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], given));
  if (issue.code === "invalid_key")
    return [
      {
        key: path.join("."),
        value: path.at(-1),
        allowed: issue.issues[0]?.message ?? issue.message,
        remedy: "rename it",
      },
    ];
  const value = valueAt(given, path);
  const group = issue.code === "invalid_type" && issue.expected === "object";
  return [
    {
      key: path.join("."),
      value,
      allowed: group ? "a group of settings" : issue.message,
      remedy: value === undefined ? "set it in the stack file" : "change it in the stack file",
    },
  ];
}

function unknownKey(path: string[], given: unknown): Fault {
  const parent = schemaAt(path.slice(0, -1));
  return {
    key: path.join("."),
    value: valueAt(given, path),
    allowed: `the settings ${Object.keys(parent).join(", ")}`,
    remedy: "remove it or mend its spelling",
  };
}

function schemaAt(path: string[]): Record<string, unknown> {
  let shape: Record<string, unknown> = settingsSchema.shape;
  // A list unwraps to what its items are.
  for (const key of path.filter((part) => !/^\d+$/.test(part))) shape = unwrap(shape[key]).shape ?? {};
  return shape;
}

interface Unwrappable {
  shape?: Record<string, unknown>;
  unwrap?: () => unknown;
}

function unwrap(schema: unknown): Unwrappable {
  let inner = (schema ?? {}) as Unwrappable;
  while (inner.shape === undefined && inner.unwrap !== undefined) inner = inner.unwrap() as Unwrappable;
  return inner;
}

function valueAt(given: unknown, path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], given);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
