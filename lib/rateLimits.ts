import { checkedNetwork, checkedPath, withoutSlashAtEnd } from "./nginxText";
import type { HoleValues } from "./render";
import type { Settings } from "./settings";

type RateLimits = Settings["nginx"]["rateLimits"];

/** Values of limits.conf. */
export function limitValues({ general, login, exempt, dryRun }: RateLimits): HoleValues {
  return {
    exemptClients: exempt.map((network) => `${checkedNetwork(network)} 1;`).join("\n"),
    loginAttempts: loginPaths(login.paths).map((path) => `"POST:${path}" $limit_client;`).join("\n"),
    generalRequestsPerSecond: general.requestsPerSecond,
    loginRequestsPerMinute: login.requestsPerMinute,
    dryRun: dryRun ? "on" : "off",
    retryAfterSeconds: Math.max(1, Math.ceil(60 / login.requestsPerMinute)),
  };
}

/** Values of limited.conf. */
export function burstValues({ general, login }: RateLimits): HoleValues {
  return { generalBurst: burst(general.burst), loginBurst: burst(login.burst) };
}

/** Nginx knows no burst of 0: no burst is no parameter. */
function burst(requests: number): string {
  return requests === 0 ? "" : ` burst=${requests}`;
}

/** With and without a slash at the end, which applications take for the same route. */
function loginPaths(paths: readonly string[]): string[] {
  const bare = paths.map((path) => withoutSlashAtEnd(checkedPath(path)));
  return [...new Set(bare)].flatMap((path) => [path, `${path}/`]);
}
