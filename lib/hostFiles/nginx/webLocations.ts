import { contract } from "../../base/contract";
import type { Settings } from "../../settings";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { closing, closingOnce } from "./closing";
import { rootFileLocation } from "./rootFiles";
import { checkedPath, checkedTarget, pathPattern } from "./text";

const nginx = "web/etc/portico/nginx";

/** What an application host does with a request by its path; without streams or static files there is no location for them. */
export function webLocations(settings: Settings, closes: boolean): HostFile[] {
  const { app, nginx: answers } = settings;
  const compression = answers.compressPages ? "include web/compression.conf;" : "";
  const files = [
    fromTemplate(`${nginx}/web/locations/app.conf`, {
      effect: "nginx",
      values: { ...closing(closes, 418), compression },
    }),
  ];
  if (answers.compressPages) files.push(fromTemplate(`${nginx}/web/compression.conf`, { effect: "nginx" }));
  if (app.staticFolder !== null)
    files.push(
      fromTemplate(`${nginx}/web/locations/static.conf`, {
        effect: "nginx",
        values: { staticUrl: checkedPath(app.staticUrl), ...closingOnce(closes, 420) },
      }),
    );
  files.push(...rootFileLocation(`${nginx}/web`, app, closingOnce(closes, 420)), ...redirects(settings));
  if (closes)
    files.push(fromTemplate(`web${contract.paths.hostClosingRule}`, { effect: "nginx", values: { compression } }));
  if (closes || app.streamPaths.length > 0)
    files.push(
      fromTemplate(`${nginx}/web/stream-proxy.conf`, {
        effect: "nginx",
        values: { streamReadTimeoutSeconds: answers.streamReadTimeoutSeconds },
      }),
    );
  if (app.streamPaths.length > 0)
    files.push(
      fromTemplate(`${nginx}/web/locations/streams.conf`, {
        effect: "nginx",
        values: { streamPathPattern: pathPattern(app.streamPaths), ...closing(closes, 419) },
      }),
    );
  return files;
}

/** `site.redirects`; a target of the site itself stays on the name that was asked for. */
function redirects({ site }: Settings): HostFile[] {
  const blocks = Object.entries(site.redirects).map(([path, target]) => {
    const address = checkedTarget(target);
    const query = address.includes("?") ? "" : "$is_args$args";
    return [
      `location = ${checkedPath(path)} {`,
      "    keepalive_timeout 0;",
      `    return 308 ${address.startsWith("/") ? `https://$host${address}` : address}${query};`,
      "}",
    ].join("\n");
  });
  if (blocks.length === 0) return [];
  const values = { redirects: blocks.join("\n") };
  return [fromTemplate(`${nginx}/web/locations/redirects.conf`, { effect: "nginx", values })];
}
