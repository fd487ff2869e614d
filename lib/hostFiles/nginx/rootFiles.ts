import type { Settings } from "../../settings";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { exactPattern } from "./text";

type Files = Pick<Settings["app"], "rootFiles">;

/** The location of `app.rootFiles` below the folder of a role's Nginx; none where there are no such files. */
export function rootFileLocation(folder: string, { rootFiles }: Files, closing: { closing: string }): HostFile[] {
  if (rootFiles.length === 0) return [];
  const values = { ...closing, rootFilePattern: rootFilePattern(rootFiles) };
  return [fromTemplate(`${folder}/locations/root-files.conf`, { effect: "nginx", values })];
}

/** A line of the map of caching rules: these names have no hash. */
export function rootFileRule({ rootFiles }: Files): string {
  return rootFiles.length === 0 ? "" : `"~^\\|(range )?(200|206|304):(?:${rootFilePattern(rootFiles)})$" "no-cache";`;
}

function rootFilePattern(names: readonly string[]): string {
  return exactPattern(names.map((name) => `/${name}`));
}
