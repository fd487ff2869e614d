import * as pulumi from "@pulumi/pulumi";
import type { HostFile } from "../../lib/hostFiles/hostFile";

export interface HostFilesArgs {
  /** Rendered files of one role, the same for each of its hosts. */
  files: readonly HostFile[];
}

/**
 * The rendered files of a role, as inputs of a component: the engine stores and compares them, so that
 * `pulumi preview --diff` prints the changed lines of each file under its path. It changes nothing by itself.
 *
 * @example
 * new HostFiles("web-files", { files: webFiles(settings, context) });
 */
export class HostFiles extends pulumi.ComponentResource {
  constructor(name: string, { files }: HostFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:HostFiles", name, { files: contentsByPath(files) }, opts);
    this.registerOutputs({});
  }
}

function contentsByPath(files: readonly HostFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}
