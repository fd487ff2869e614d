import { contract } from "../../base/contract";
import type { Fault } from "../faults";
import type { Settings } from "../schema";

/** What may not be so of app.data and nginx.media together. */
export function dataFaults(settings: Settings): Fault[] {
  return [...folderFaults(settings), ...settings.nginx.media.flatMap((_, index) => mediumFaults(settings, index))];
}

function folderFaults({ app: { data } }: Settings): Fault[] {
  const twice = new Set(data.filter((name, index) => data.indexOf(name) !== index));
  return [...twice].map((name) => ({
    key: "app.data",
    value: name,
    allowed: "each folder once",
    remedy: "remove one of the two",
  }));
}

function mediumFaults(settings: Settings, index: number): Fault[] {
  const { app, nginx } = settings;
  const { path, folder } = nginx.media[index]!;
  const before = nginx.media.slice(0, index);
  const key = (field: string) => `nginx.media.${index}.${field}`;
  const faults: Fault[] = [];
  if (!app.data.includes(folder))
    faults.push({
      key: key("folder"),
      value: folder,
      allowed: `one of the folders in app.data (${app.data.join(", ") || "none"})`,
      remedy: "name one of them, or add it there",
    });
  if (before.some((other) => other.folder === folder))
    faults.push({
      key: key("folder"),
      value: folder,
      allowed: "each folder at one path: a second one would show what the first protects",
      remedy: "keep what is protected in another folder",
    });
  const taken = takenPaths(settings, index).find(([, other]) => overlaps(path, other));
  if (taken !== undefined)
    faults.push({
      key: key("path"),
      value: path,
      allowed: `a path that neither holds another one nor lies in it, as ${taken[1]} of ${taken[0]}`,
      remedy: "choose another path",
    });
  return faults;
}

/** Paths that something else answers, each with its setting. */
function takenPaths({ app, nginx }: Settings, index: number): [setting: string, path: string][] {
  const policies = nginx.headers.byPath.filter(({ contentSecurityPolicy }) => contentSecurityPolicy !== undefined);
  return [
    ...nginx.media.slice(0, index).map(({ path }): [string, string] => ["nginx.media", path]),
    ...(app.staticFolder === null ? [] : [["app.staticUrl", app.staticUrl] as [string, string]]),
    ["app.livePath", app.livePath],
    ["app.readyPath", app.readyPath],
    ...app.streamPaths.map((path): [string, string] => ["app.streamPaths", path]),
    ...nginx.rateLimits.login.paths.map((path): [string, string] => ["nginx.rateLimits.login.paths", path]),
    // A policy of all pages is not one of media.
    ...policies
      .filter(({ path }) => path !== "/")
      .map(({ path }): [string, string] => ["nginx.headers.byPath with a contentSecurityPolicy", path]),
  ];
}

function overlaps(left: string, right: string): boolean {
  const [one, other] = [left, right].map((path) => (path.endsWith("/") ? path : `${path}/`));
  return one!.startsWith(other!) || other!.startsWith(one!);
}

/** What an operator has to know of data that each host has for itself. */
export function dataWarnings(settings: Settings): string[] {
  const { app, target } = settings;
  if (app.data.length === 0) return [];
  const hosts = applicationHosts(settings);
  const warnings: string[] = [];
  if (hosts > 1)
    warnings.push(
      `portico:app.data: ${hosts} application hosts have folders of their own (${app.data.join(", ")}): what is uploaded on one is not on the others, and a visitor finds it in one request of ${hosts}; ` +
        `run one application host, mount storage that all of them share at ${contract.paths.data} on each, or keep files in an object store`,
    );
  if (target === "aws")
    warnings.push(
      "portico:app.data: a machine of target aws that is replaced (another image or type) takes its folders with it; " +
        "bin/data pull them before, or keep files in an object store",
    );
  return warnings;
}

function applicationHosts({ target, local, hosts, aws }: Settings): number {
  const counts = {
    local: () => local.webMachines,
    hosts: () => hosts?.machines.filter(({ roles }) => roles.includes("web")).length ?? 0,
    aws: () => aws?.machines.count ?? 0,
  };
  return counts[target]();
}
