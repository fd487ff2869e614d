import { mediaPolicies } from "./media";
import { checkedPath, quotedText, withoutSlashAtEnd } from "./text";
import type { HoleValues } from "../../base/render";
import type { Settings } from "../../settings";

type Headers = Settings["nginx"]["headers"];

/** Values of security-headers.conf; an empty one sends no header. */
export function securityHeaderValues(settings: Settings): HoleValues {
  const { headers } = settings.nginx;
  const policies = ofPaths(headers, ({ contentSecurityPolicy }) => contentSecurityPolicy);
  return {
    strictTransportSecurity: strictTransportSecurity(headers),
    contentSecurityPolicy: quotedText(headers.contentSecurityPolicy),
    contentSecurityPolicyOfPaths: [...mediaPolicies(settings), ...policies].join("\n"),
    crossOriginResourcePolicy: headers.crossOriginResourcePolicy,
    crossOriginResourcePolicyOfPaths: ofPaths(
      headers,
      ({ crossOriginResourcePolicy }) => crossOriginResourcePolicy,
    ).join("\n"),
    crossOriginEmbedderPolicy: headers.crossOriginEmbedderPolicy ? "require-corp" : "",
  };
}

/** Nginx takes the first expression that matches: the longest path stands first. */
function ofPaths({ byPath }: Headers, policyOf: (item: Headers["byPath"][number]) => string | undefined): string[] {
  const longestFirst = [...byPath].sort((left, right) => right.path.length - left.path.length);
  return longestFirst.flatMap((item) => {
    const policy = policyOf(item);
    return policy === undefined ? [] : [`"~^${pattern(item.path)}" "${quotedText(policy)}";`];
  });
}

/** The path and all below it. */
function pattern(path: string): string {
  const bare = withoutSlashAtEnd(checkedPath(path)).replaceAll(".", "\\.");
  return bare === "/" ? "/" : `${bare}(?:/|$)`;
}

function strictTransportSecurity({ hstsSeconds, hstsIncludeSubDomains, hstsPreload }: Headers): string {
  if (hstsSeconds === 0) return "";
  return [
    `max-age=${hstsSeconds}`,
    ...(hstsIncludeSubDomains ? ["includeSubDomains"] : []),
    ...(hstsPreload ? ["preload"] : []),
  ].join("; ");
}
