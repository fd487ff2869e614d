import type { HostFile } from "../../lib/hostFiles/hostFile";

/** A published file, as a release leaves it on a host: `name` is what follows /static/. */
export function assetFile(name: string, content: string): HostFile {
  return { path: `/opt/portico/assets/${name}`, content, mode: "0644", owner: "root", group: "root", effect: "none" };
}
