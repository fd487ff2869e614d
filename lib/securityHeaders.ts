import { quotedText } from "./nginxText";
import type { HoleValues } from "./render";
import type { Settings } from "./settings";

/** Values of headers.conf; an empty one sends no header. */
export function securityHeaderValues({ nginx: { headers } }: Settings): HoleValues {
  return {
    strictTransportSecurity: strictTransportSecurity(headers),
    contentSecurityPolicy: quotedText(headers.contentSecurityPolicy),
    crossOriginEmbedderPolicy: headers.crossOriginEmbedderPolicy ? "require-corp" : "",
  };
}

function strictTransportSecurity({ hstsSeconds, hstsIncludeSubDomains, hstsPreload }: Settings["nginx"]["headers"]): string {
  if (hstsSeconds === 0) return "";
  return [`max-age=${hstsSeconds}`, ...(hstsIncludeSubDomains ? ["includeSubDomains"] : []), ...(hstsPreload ? ["preload"] : [])].join("; ");
}
