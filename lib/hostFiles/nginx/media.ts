import { contract } from "../../base/contract";
import { closing, closingOnce } from "./closing";
import type { HostFile } from "../hostFile";
import { fromTemplate } from "../templates";
import { checkedPath, prefixPattern } from "./text";
import type { Settings } from "../../settings";

type Medium = Settings["nginx"]["media"][number];

/**
 * What a file of media may do that a browser opens as a page, whatever is in it: nothing. It has no rights of the site (sandbox),
 * runs nothing and loads nothing.
 */
export const mediaPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Where folders of app.data are on a host. */
export function dataPath(folder: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(folder))
    throw new Error(
      `app.data: got ${JSON.stringify(folder)}; allowed: letters, digits, _ and - in a name; rename the folder`,
    );
  return `${contract.paths.data}/${folder}`;
}

/** On an application host, which has the files. `addsPolicy` where nothing else on this host adds policies of browsers. */
export function hostMediaFiles({ nginx: { media } }: Settings, closes: boolean, addsPolicy: boolean): HostFile[] {
  if (media.length === 0) return [];
  return [
    fromTemplate("web/etc/portico/nginx/web/media.conf", {
      effect: "nginx",
      values: {
        mediaPatterns: media.map(({ path }) => prefixPattern(path)).join("|"),
        cacheControl: media.flatMap(cacheControl).join("\n"),
        mediaPolicy: addsPolicy ? mediaPolicy : "",
      },
    }),
    fromTemplate("web/etc/portico/nginx/web/media.types", { effect: "nginx" }),
    ...media.map((medium) =>
      fromTemplate("web/etc/portico/nginx/web/locations/media.conf", {
        effect: "nginx",
        as: fileName(medium),
        values: {
          mediaPath: checkedPath(medium.path),
          mediaFolder: dataPath(medium.folder),
          internal: medium.access === "protected" ? "internal;" : "",
          limits: medium.access === "public" ? "include limited/media.conf;" : "",
          ...closingOnce(closes, 420),
        },
      }),
    ),
  ];
}

/** On a balancer of ours, which passes requests for them on. What is protected is no path of a client. */
export function balancerMediaFiles({ nginx: { media } }: Settings, closes: boolean): HostFile[] {
  return media
    .filter(({ access }) => access === "public")
    .map((medium) =>
      fromTemplate("edge/etc/portico/nginx/edge/locations/media.conf", {
        effect: "nginx",
        as: fileName(medium),
        values: { mediaPath: checkedPath(medium.path), ...closing(closes, 420) },
      }),
    );
}

/** Lines of the map of policies by path. */
export function mediaPolicies({ nginx: { media } }: Settings): string[] {
  return media.map(({ path }) => `"~^${prefixPattern(path)}" "${mediaPolicy}";`);
}

/** An answer to a range, and one that there is no such range, must not be kept in the place of the file. */
function cacheControl({ path, access, cacheSeconds }: Medium): string[] {
  const pattern = prefixPattern(path);
  if (access === "protected") return [`"~^\\|(range )?(200|206|304):${pattern}" "private, no-cache";`];
  const kept = cacheSeconds > 0 ? [`"~^\\|(200|304):${pattern}" "public, max-age=${cacheSeconds}";`] : [];
  return [...kept, `"~^\\|(range )?(200|206|304):${pattern}" "no-cache";`];
}

function fileName({ path }: Medium): string {
  return `media${checkedPath(path).replaceAll("/", "-").slice(0, -1)}.conf`;
}
