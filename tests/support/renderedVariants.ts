import { balancerFiles } from "../../lib/hostFiles/balancer";
import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import type { HostFile } from "../../lib/hostFiles/hostFile";
import { webFiles } from "../../lib/hostFiles/webHost";
import { platformIds, type PlatformId } from "../../lib/hosts/platforms";
import { baselinePlan, baselineSettings } from "./baseline";

/** Settings that give other files of Nginx, by what is special about them. */
export const settingVariants: [string, Record<string, unknown>][] = [
  ["the baseline", {}],
  [
    "no static files, no streams, no login",
    { app: { staticFolder: null, streamPaths: [] }, nginx: { rateLimits: { login: { paths: [] } } } },
  ],
  [
    "redirects, and files of the root",
    {
      site: {
        domains: ["shop.test", "www.shop.test"],
        redirectOtherDomains: true,
        redirects: { "/a.b": "/c?d=e%20f", "/g": "https://h.test:8443/i" },
      },
      app: { rootFiles: ["favicon.ico", ".well-known/security.txt"] },
    },
  ],
  [
    "several streams and logins",
    {
      app: { streamPaths: ["/events", "/a.b/live/"] },
      nginx: { rateLimits: { login: { paths: ["/login", "/api/token/"] } } },
    },
  ],
  [
    "the largest limits of header fields, and answers without a file",
    {
      nginx: {
        requestFieldKilobytes: 64,
        requestHeaderKilobytes: 512,
        responseHeaderKilobytes: 128,
        proxyMaxTempFileMegabytes: 0,
      },
    },
  ],
  [
    "the smallest limits of header fields",
    { nginx: { requestFieldKilobytes: 2, requestHeaderKilobytes: 4, responseHeaderKilobytes: 4 } },
  ],
  [
    "a certificate by ACME",
    { site: { certificate: "acme", acme: { directory: "https://ca.test/directory" } }, app: { streamPaths: [] } },
  ],
  [
    "no burst, dry run, exempt networks",
    {
      nginx: {
        rateLimits: {
          dryRun: true,
          general: { burst: 0 },
          login: { burst: 0 },
          exempt: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"],
        },
      },
    },
  ],
  [
    "one path for both checks, and all that is a list said twice",
    {
      site: { domains: ["shop.test", "shop.test"], trustedProxies: ["192.0.2.0/24", "192.0.2.0/24"] },
      app: { livePath: "/health", readyPath: "/health", streamPaths: ["/events", "/events/"] },
      nginx: {
        headers: {
          byPath: [
            { path: "/docs/", contentSecurityPolicy: "default-src 'self'" },
            { path: "/docs/", contentSecurityPolicy: "default-src 'none'" },
          ],
        },
        rateLimits: { login: { paths: ["/login", "/login/"] }, exempt: ["10.0.0.0/8", "10.0.0.0/8"] },
      },
    },
  ],
  [
    "public and protected media",
    {
      app: { data: ["uploads", "invoices"] },
      nginx: {
        media: [
          { path: "/media/", folder: "uploads", cacheSeconds: 60 },
          { path: "/invoices/", folder: "invoices", access: "protected" },
        ],
        rateLimits: { media: { burst: 0 } },
      },
    },
  ],
  ["no HSTS, no COEP", { nginx: { headers: { hstsSeconds: 0, crossOriginEmbedderPolicy: false } } }],
];

type Overrides = (typeof settingVariants)[number][1];

/** The files of each kind of host. */
const kinds: Record<string, (id: PlatformId, overrides: Overrides) => HostFile[]> = {
  "host behind our balancer": (id, overrides) => webFiles(baselineSettings(overrides), baselinePlan(id)),
  "host behind a cloud's balancer": (id, overrides) =>
    webFiles(baselineSettings(overrides), { ...baselinePlan(id), cloudBalancer: { hosts: 2 } }),
  balancer: (id, overrides) => balancerFiles(baselineSettings(overrides), baselinePlan(id)),
  "host that is both": (id, overrides) => combinedHostFiles(baselineSettings(overrides), baselinePlan(id)),
};

/** Each kind of host with each variant of the settings, and with the first of them on each platform. */
export function renderedVariants(): Record<string, readonly HostFile[]> {
  const found: Record<string, readonly HostFile[]> = {};
  for (const [kind, files] of Object.entries(kinds)) {
    for (const id of platformIds) found[`${kind}, ${id}`] = files(id, {});
    for (const [variant, overrides] of settingVariants) found[`${kind}, ${variant}`] = files("debian-13", overrides);
  }
  return found;
}
