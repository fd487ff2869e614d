import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Effect, HostFile } from "./hostFile";
import { render, type HoleValues } from "../base/render";

const templatesFolder = join(__dirname, "..", "..", "files");

export interface TemplateUse {
  effect: Effect;
  /** Values of the template's holes. */
  values?: HoleValues;
  /** File name on the host where it is not that of the template: for one chosen of several. */
  as?: string;
}

/**
 * The host file that a template below `files/` makes: `web/etc/portico/x.conf` becomes `/etc/portico/x.conf`,
 * readable for all, owned by root.
 */
export function fromTemplate(source: string, { effect, values = {}, as }: TemplateUse): HostFile {
  const template = readFileSync(join(templatesFolder, source), "utf8");
  const path = source.slice(source.indexOf("/"));
  return {
    path: as === undefined ? path : path.slice(0, path.lastIndexOf("/") + 1) + as,
    content: render(template, values, `files/${source}`),
    mode: "0644",
    owner: "root",
    group: "root",
    effect,
  };
}
