import type { Fault } from "../faults";
import type { Settings } from "../schema";

/** What is answered before the application gets a request. */
export function siteFaults({ site, app }: Settings): Fault[] {
  const { redirects, domains, redirectOtherDomains } = site;
  const faults: Fault[] = [];
  const redirectFault = (path: string, allowed: string, remedy: string) =>
    faults.push({ key: "site.redirects", value: `${path}: ${redirects[path]}`, allowed, remedy });
  const answered = new Map<string, string>([
    [app.livePath, "app.livePath"],
    [app.readyPath, "app.readyPath"],
    ...app.rootFiles.map((name): [string, string] => [`/${name}`, "app.rootFiles"]),
  ]);
  for (const [path, target] of Object.entries(redirects)) {
    const owner = answered.get(path);
    if (owner !== undefined) redirectFault(path, `paths other than that of ${owner}`, "remove one of the two");
    if (target.split("?")[0]! in redirects)
      redirectFault(path, "targets that lead nowhere else", "name the last target at once");
  }
  if (app.rootFiles.length > 0 && app.staticFolder === null)
    faults.push({
      key: "app.rootFiles",
      value: app.rootFiles,
      allowed: "none where app.staticFolder is null",
      remedy: "set app.staticFolder, which they lie in",
    });
  if (redirectOtherDomains && domains.length < 2)
    faults.push({
      key: "site.redirectOtherDomains",
      value: true,
      allowed: "true where site.domains has two names or more",
      remedy: "add the names that shall lead to the first one",
    });
  return faults;
}
