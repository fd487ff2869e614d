import type { AwsSettings, Settings } from "./schema";

/** The group of a stack on target aws, which the relations of the settings demand there. */
export function awsSettingsOf({ aws: settings }: Settings): AwsSettings {
  if (settings === undefined)
    throw new Error("aws: got nothing; allowed: its settings; the relations of the settings demand them");
  return settings;
}
