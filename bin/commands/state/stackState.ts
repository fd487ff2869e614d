import path from "node:path";
import type { RecordedResource } from "../../../lib/targets/aws/updates";
import { nameOfUrn } from "../../../lib/stack/resourceNames";
import { hasState, stackFolders } from "../../../lib/stack/stateFolder";
import { callEngine, callEngineAside, type Environment } from "../base/engine";

/** What a program outside the engine needs of a stack's resources. */
export interface StateResource {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
  /** Of the stack itself what it says of itself; of no other resource. */
  outputs?: Record<string, unknown>;
}

const stackType = "pulumi:pulumi:Stack";

/** Key and marks that distinguish a secret from a plain value in the engine's state. */
const secretKey = "4dabf18193072939515e22adb298388d";

/** A resource without its values. */
export interface StateEntry extends RecordedResource {
  /** The engine refuses to delete it. */
  protect: boolean;
}

/** What the resources of a stack are and how they hang together, those that are still to be deleted included. */
export function readEntries(stack: string, environment: Environment): StateEntry[] {
  const state = JSON.parse(callEngine(["stack", "export", "--stack", stack], environment)) as {
    deployment?: { resources?: (Partial<StateEntry> & Pick<StateEntry, "urn" | "type">)[] };
  };
  const resources = state.deployment?.resources ?? [];
  return resources.map(({ urn, type, delete: deleted = false, protect = false, dependencies = [] }) => ({
    urn,
    type,
    delete: deleted,
    protect,
    dependencies,
  }));
}

/** Throws for a stack of which there is no state: no command finds its hosts. */
export function requireState(stack: string, environment: Environment): void {
  const root = folderWithoutState(stack, environment);
  if (root === undefined) return;
  throw new Error(
    `state: got none of ${stack} in ${root}; allowed: a stack that is up; bring a lost one back with bin/restore ${stack} FILE, or run bin/up ${stack}; nothing was changed`,
  );
}

/** The folder of a stack where its state should be and is not; a state that is kept elsewhere is not ours to look at. */
export function folderWithoutState(stack: string, environment: Environment): string | undefined {
  const { root } = stackFolders(stack);
  return isKeptIn(root, environment) && !hasState(root) ? root : undefined;
}

/** Makes the stack where there is none. */
export function makeStack(stack: string, environment: Environment): void {
  const { root } = stackFolders(stack);
  if (!isKeptIn(root, environment) || !hasState(root)) callEngine(["stack", "select", "--create", stack], environment);
}

function isKeptIn(root: string, { PULUMI_BACKEND_URL: backend = "" }: Environment): boolean {
  return backend.startsWith(`file://${path.resolve(root)}/`);
}

/** The resources of a stack with their secrets in the clear: for use in memory, never for print. */
export function readState(stack: string, environment: Environment): StateResource[] {
  requireState(stack, environment);
  return resourcesIn(callEngine(exportOf(stack), environment));
}

/** The same, while this command goes on. */
export async function readStateAside(stack: string, environment: Environment): Promise<StateResource[]> {
  requireState(stack, environment);
  return resourcesIn(await callEngineAside(exportOf(stack), environment));
}

/** The outputs of a stack, out of its resources. */
export function outputsIn(resources: readonly StateResource[]): Record<string, unknown> {
  return resources.find(({ type }) => type === stackType)?.outputs ?? {};
}

function exportOf(stack: string): string[] {
  return ["stack", "export", "--show-secrets", "--stack", stack];
}

function resourcesIn(printed: string): StateResource[] {
  const state = JSON.parse(printed) as {
    deployment?: { resources?: (Omit<StateResource, "inputs"> & Partial<StateResource>)[] };
  };
  return (state.deployment?.resources ?? []).map(({ urn, type, inputs, outputs }) => ({
    urn,
    type,
    inputs: reveal(inputs ?? {}) as Record<string, unknown>,
    ...(type === stackType && { outputs: reveal(outputs ?? {}) as Record<string, unknown> }),
  }));
}

function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (secretKey in entries && typeof entries.plaintext === "string") return reveal(JSON.parse(entries.plaintext));
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, reveal(inner)]));
}

export function nameOf({ urn }: Pick<StateResource, "urn">): string {
  return nameOfUrn(urn);
}

/** Marks resources so that the next preview plans them again, whatever their inputs say. */
export function taint(urns: readonly string[], stack: string, environment: Environment): void {
  if (urns.length > 0) callEngine(["state", "taint", ...urns, "--yes", "--stack", stack], environment);
}
