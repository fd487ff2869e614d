import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../lib/settings";

/** Faults of the user's input are shown as they are, without a stack trace; all else is a defect of ours and keeps it. */
export function asUserError(error: unknown): never {
  throw inspectable(error instanceof SettingsError ? new pulumi.RunError(error.message) : error);
}

/**
 * The SDK prints errors with coloured inspection, which on Node 20 can fill the memory for 15 seconds over a
 * stack that names node_modules (pulumi/pulumi#21326). An error with its own inspection is spared that.
 */
function inspectable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return Object.defineProperty(error, inspect.custom, { value: () => error.stack ?? error.message });
}
