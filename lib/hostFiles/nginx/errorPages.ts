import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SettingsError, type Fault, type Settings } from "../../settings";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";

/** Pages of Nginx by the name of the file that takes the place of one in `site.errorPages`. */
const pages: Readonly<Record<string, string>> = {
  "404.html": "404.html",
  "413.html": "413.html",
  "414.html": "414.html",
  "429.html": "429.html",
  "431.html": "431.html",
  // 502 and 504 as well.
  "503.html": "unavailable.html",
};
/** A bundle goes to every host with each change of a file in it. */
const mostKilobytes = 64;
const folderOnHosts = "common/etc/portico/nginx/pages";

/** The pages of answers that Nginx makes itself. Throws a SettingsError that lists what is wrong with those of `site.errorPages`. */
export function errorPages({ site: { errorPages: folder } }: Pick<Settings, "site">): HostFile[] {
  const own = folder === null ? new Map<string, string>() : readPages(folder);
  return Object.entries(pages).map(([name, page]) => {
    const file = fromTemplate(`${folderOnHosts}/${page}`, { effect: "none" });
    return { ...file, content: own.get(name) ?? file.content };
  });
}

function readPages(folder: string): Map<string, string> {
  const names = namesIn(folder);
  if (names === undefined || names.length === 0)
    throw new SettingsError([
      pageFault(folder, "a folder with at least one of them", "make it, or remove the setting"),
    ]);
  const read = names.map((name) => readPage(folder, name));
  const faults = read.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  if (faults.length > 0) throw new SettingsError(faults);
  return new Map(read.map(({ name, content }) => [name, content]));
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".html"));
  } catch {
    return undefined;
  }
}

function readPage(folder: string, name: string): { name: string; content: string; fault?: Fault } {
  const path = join(folder, name);
  const refused = (allowed: string, remedy: string) => ({ name, content: "", fault: pageFault(path, allowed, remedy) });
  if (!(name in pages)) return refused("pages of these names", "rename it, or move it elsewhere");
  if (!statSync(path).isFile()) return refused("files", "put a file there");
  const bytes = readFileSync(path);
  if (bytes.length > mostKilobytes * 1024)
    return refused(`pages of ${mostKilobytes} KiB at most`, "link its images and styles from the static folder");
  try {
    return { name, content: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refused("pages in UTF-8", "write it in UTF-8");
  }
}

function pageFault(value: string, what: string, remedy: string): Fault {
  return { key: "site.errorPages", value, allowed: `${what} (${Object.keys(pages).join(", ")})`, remedy };
}
