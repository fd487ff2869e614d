import * as pulumi from "@pulumi/pulumi";
import { currentAuthor, type DeploymentAuthor } from "../../lib/stack/author";

/** Releases that the stack's output lists. */
const historyLength = 20;

export interface Deployment extends DeploymentAuthor {
  release: string;
  /** Time of the plan, UTC. */
  at: string;
}

/**
 * The deployments of this stack, oldest first, the present one last, made of the stack's own previous output: the
 * same release keeps its entry, so that a run without a change plans none, whoever runs it.
 */
export function deploymentHistory(previous: pulumi.Output<unknown>, release: string): pulumi.Output<Deployment[]> {
  return previous.apply((history) => extendHistory(readHistory(history), release));
}

export function extendHistory(
  history: Deployment[],
  release: string,
  author = currentAuthor,
  now = new Date(),
): Deployment[] {
  if (history.at(-1)?.release === release) return history;
  return [...history, { release, ...author(), at: now.toISOString() }].slice(-historyLength);
}

/** Who made the present deployment. Field by field: what was read back has its fields in another order. */
export function authorOf(history: pulumi.Output<Deployment[]>): pulumi.Output<DeploymentAuthor> {
  return history.apply((deployments) => {
    const { who, commit } = deployments.at(-1)!;
    return { who, commit };
  });
}

function readHistory(previous: unknown): Deployment[] {
  return Array.isArray(previous) ? (previous as Deployment[]) : [];
}
