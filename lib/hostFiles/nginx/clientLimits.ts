import { checkedNetwork, checkedPath, withoutSlashAtEnd } from "./text";
import type { HoleValues } from "../../base/render";
import type { Settings } from "../../settings";

export type ClientLimits = Settings["nginx"]["rateLimits"];

/** Requests of one HTTP/2 connection at once: as many as a page of many parts has use for, and below most limits of a client. */
const mostConcurrentStreams = 40;

/**
 * What each of `hosts` may grant, so that all of them grant what the settings say: a balancer that spreads requests evenly sends
 * each its share. Rounded up, so that a share is never nothing.
 */
export function shareOf(limits: ClientLimits, hosts: number): ClientLimits & { hosts: number } {
  const share = (whole: number) => Math.ceil(whole / hosts);
  const { general, login, media } = limits;
  return {
    ...limits,
    hosts,
    connectionsPerClient: share(limits.connectionsPerClient),
    requestsPerClient: share(limits.requestsPerClient),
    streamsPerClient: share(limits.streamsPerClient),
    general: { ...general, burst: share(general.burst) },
    login: { ...login, burst: share(login.burst) },
    media: { ...media, burst: share(media.burst) },
  };
}

/** Values of limits.conf, but for who counted before. `hasMedia`: without media nothing counts them. */
export function limitValues(limits: ClientLimits & { hosts?: number }, hasMedia = false): HoleValues {
  const { general, login, media, exempt, dryRun, hosts = 1 } = limits;
  return {
    exemptClients: [...new Set(exempt)].map((network) => `${checkedNetwork(network)} 1;`).join("\n"),
    loginAttempts: loginPaths(login.paths)
      .map((path) => `"POST:${path}" $limit_client;`)
      .join("\n"),
    generalRate: rateOf(general, hosts),
    mediaZone: hasMedia ? `limit_req_zone $limit_client zone=media:10m rate=${rateOf(media, hosts)};` : "",
    loginRate: `${Math.ceil(login.requestsPerMinute / hosts)}r/m`,
    dryRun: dryRun ? "on" : "off",
    concurrentStreams: Math.min(mostConcurrentStreams, limits.connectionsPerClient, limits.requestsPerClient),
    loginRetrySeconds: Math.max(1, Math.ceil(60 / login.requestsPerMinute)),
  };
}

/** Nginx takes whole numbers only: what does not divide is written for a minute. */
function rateOf({ requestsPerSecond }: { requestsPerSecond: number }, hosts: number): string {
  return requestsPerSecond % hosts === 0
    ? `${requestsPerSecond / hosts}r/s`
    : `${Math.ceil((requestsPerSecond * 60) / hosts)}r/m`;
}

/** Values of limited/app.conf. */
export function appLimits(limits: ClientLimits): HoleValues {
  return { ...burstValues(limits), ...serverLimits(limits), requestsPerClient: limits.requestsPerClient };
}

/** Values of limited/streams.conf. */
export function streamLimits(limits: ClientLimits): HoleValues {
  return { ...burstValues(limits), ...serverLimits(limits), streamsPerClient: limits.streamsPerClient };
}

/** Values of limited/media.conf. */
export function mediaLimits(limits: ClientLimits): HoleValues {
  return { mediaBurst: burst(limits.media.burst), ...serverLimits(limits) };
}

/** Values of limited/server.conf. */
export function serverLimits({ connectionsPerClient }: ClientLimits): HoleValues {
  return { connectionsPerClient };
}

function burstValues({ general, login }: ClientLimits): HoleValues {
  return { generalBurst: burst(general.burst), loginBurst: burst(login.burst) };
}

/** Nginx has no burst of 0: no burst is no parameter. */
function burst(requests: number): string {
  return requests === 0 ? "" : ` burst=${requests}`;
}

/** With and without a slash at the end, which applications take for the same route. */
function loginPaths(paths: readonly string[]): string[] {
  const bare = paths.map((path) => withoutSlashAtEnd(checkedPath(path)));
  return [...new Set(bare)].flatMap((path) => [path, `${path}/`]);
}
