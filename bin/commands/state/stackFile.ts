import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseSettings, type AwsSettings, type Settings } from "../../../lib/settings";

export function stackFile(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** The plain values of a stack file below `portico:`, unchecked; what is encrypted is left out. */
export function givenSettings(stack: string): Record<string, unknown> {
  const file = stackFile(stack);
  const content = existsSync(file)
    ? (parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> } | null)
    : null;
  const own = Object.entries(content?.config ?? {}).filter(
    ([key, value]) => key.startsWith("portico:") && !isEncrypted(value),
  );
  return Object.fromEntries(own.map(([key, value]) => [key.slice("portico:".length), value]));
}

/** All settings of a stack of target aws, checked; undefined for a stack of another target. Throws a SettingsError. */
export function readAwsStack(stack: string): (Settings & { aws: AwsSettings }) | undefined {
  const given = givenSettings(stack);
  if (given.target !== "aws") return undefined;
  const settings = parseSettings(given);
  return { ...settings, aws: settings.aws! };
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
