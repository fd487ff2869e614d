import * as pulumi from "@pulumi/pulumi";
import type { Credentials } from "./components/stack/credentials";
import {
  credentialNames,
  parseSettings,
  optionalCredentials,
  requiredCredentials,
  SettingsError,
  settingsSchema,
  settingsWarnings,
  type Fault,
  type Settings,
} from "./lib/settings";

/** All that the stack file says: plain settings, and apart from them the secrets. */
export interface StackConfiguration {
  settings: Settings;
  /** Secrets of the application from the stack file by name, never plain. */
  secrets: Record<string, pulumi.Output<string>>;
  credentials: Credentials;
}

const namespace = pulumi.getProject();

/** Reads the configuration of the stack. Throws a SettingsError that lists every fault. */
export function readConfiguration(): StackConfiguration {
  const given = givenValues();
  const secretNames = declaredSecrets(given);
  const misplaced = misplacedSecrets(given, secretNames);
  if (misplaced.length > 0) throw new SettingsError(misplaced);
  const plain = Object.fromEntries(Object.entries(given).filter(([key]) => !secretNames.includes(key)));
  const settings = parseSettings(parseGroups(plain));
  const faults = secretFaults(settings, given);
  if (faults.length > 0) throw new SettingsError(faults);
  for (const line of settingsWarnings(settings)) void pulumi.log.warn(line);
  return {
    settings,
    secrets: secretValues(settings.app.secrets),
    credentials: secretValues([
      ...requiredCredentials(settings),
      ...optionalCredentials.filter((name) => Object.hasOwn(given, name)),
    ]),
  };
}

function secretValues<Name extends string>(names: readonly Name[]): Record<Name, pulumi.Output<string>> {
  const config = new pulumi.Config();
  return Object.fromEntries(names.map((name) => [name, config.requireSecret(name)])) as Record<
    Name,
    pulumi.Output<string>
  >;
}

function givenValues(): Record<string, string> {
  const prefix = `${namespace}:`;
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(all.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Names that the stack file gives to secrets; read ahead of validation, so that they count as known keys. */
function declaredSecrets(given: Record<string, string>): string[] {
  const app = parseGroup("app", given.app) as { secrets?: unknown } | undefined;
  const listed = Array.isArray(app?.secrets)
    ? app.secrets.filter((name): name is string => typeof name === "string" && !(name in settingsSchema.shape))
    : [];
  return [...listed, ...credentialNames];
}

function parseGroups(given: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, parseGroup(key, value)]));
}

/** The engine hands groups over as JSON; `target` is plain text. */
function parseGroup(key: string, value: string | undefined): unknown {
  if (value === undefined || key === "target") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** An encrypted value that is no secret of the application would end in messages or in plain files. */
function misplacedSecrets(given: Record<string, string>, secretNames: string[]): Fault[] {
  const encrypted = encryptedKeys();
  const misplaced = Object.keys(given).filter(
    (key) => encrypted.includes(`${namespace}:${key}`) && !secretNames.includes(key),
  );
  return misplaced.map((key) => ({
    key,
    value: "an encrypted value (not shown)",
    allowed: "a plain value, or a secret that app.secrets lists",
    remedy:
      key in settingsSchema.shape
        ? "set it without --secret; secrets have keys of their own"
        : "list it in app.secrets, or remove it",
  }));
}

function secretFaults(settings: Settings, given: Record<string, string>): Fault[] {
  const needed = [...settings.app.secrets, ...requiredCredentials(settings)];
  const missing = needed.filter((name) => !Object.hasOwn(given, name));
  const encrypted = encryptedKeys();
  const plain = [...settings.app.secrets, ...credentialNames].filter(
    (name) => Object.hasOwn(given, name) && !encrypted.includes(`${namespace}:${name}`),
  );
  return [
    ...missing.map((name) => ({ key: name, value: undefined, allowed: "a secret", remedy: setSecret(name) })),
    ...plain.map((name) => ({
      key: name,
      value: "a plain value (not shown)",
      allowed: "a secret",
      remedy: setSecret(name),
    })),
  ];
}

/** The SDK does not show which values were encrypted; the engine lists them in this variable. */
function encryptedKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}

function setSecret(name: string): string {
  return `run: pulumi config set --secret ${name}`;
}
