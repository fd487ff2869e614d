import { isTried, localPlatformIds } from "../../hosts/platforms";
import { dataWarnings } from "./data";
import { fewestThreads, mostStreams } from "./streams";
import type { Fault } from "../faults";
import type { Settings } from "../schema";

/** Faults between the limits of one client: the narrower one must have a chance to act. */
export function clientLimitFaults({ nginx: { rateLimits } }: Settings): Fault[] {
  const { connectionsPerClient } = rateLimits;
  const wider = (["requestsPerClient", "streamsPerClient"] as const).filter(
    (key) => rateLimits[key] > connectionsPerClient,
  );
  return wider.map((key) => ({
    key: `nginx.rateLimits.${key}`,
    value: rateLimits[key],
    allowed: `at most nginx.rateLimits.connectionsPerClient (${connectionsPerClient}), which counts them as well`,
    remedy: `lower ${key} or raise connectionsPerClient`,
  }));
}

/** Faults between streams and the workers that hold them. */
export function streamFaults({ app, gunicorn, nginx: { streamsPerHost } }: Settings): Fault[] {
  if (app.streamPaths.length === 0) return [];
  if (gunicorn.workerClass === "sync") {
    return [
      {
        key: "app.streamPaths",
        value: app.streamPaths,
        allowed:
          "none with gunicorn.workerClass sync: each open stream holds a whole worker, and is ended after gunicorn.timeoutSeconds",
        remedy: "set gunicorn.workerClass: asgi, or gthread for a few streams",
      },
    ];
  }
  const threads = fewestThreads(gunicorn);
  if (
    gunicorn.workerClass !== "gthread" ||
    gunicorn.workers === "auto" ||
    streamsPerHost === "auto" ||
    streamsPerHost < threads
  )
    return [];
  return [
    {
      key: "nginx.streamsPerHost",
      value: streamsPerHost,
      allowed: `less than the threads of a host (${threads}: gunicorn.workers by gunicorn.threads), or streams leave none for pages`,
      remedy: "lower it, raise workers or threads, or set gunicorn.workerClass: asgi",
    },
  ];
}

/** What is allowed but has a price that its user should know: one line each. */
export function settingsWarnings(settings: Settings): string[] {
  return [...streamWarnings(settings), ...dataWarnings(settings), ...platformWarnings(settings)];
}

function streamWarnings(settings: Settings): string[] {
  const { app, gunicorn, nginx } = settings;
  if (app.streamPaths.length === 0 || gunicorn.workerClass !== "gthread" || nginx.streamsPerHost !== "auto") return [];
  const threads =
    gunicorn.workers === "auto" ? `(2 x CPUs + 1) x ${gunicorn.threads}` : `${gunicorn.workers} x ${gunicorn.threads}`;
  const most = mostStreams(settings);
  return [
    `portico:app.streamPaths with gunicorn.workerClass gthread: each open stream holds one of ${threads} threads of a host, so ${most} fit on one, and the next get 503. ` +
      `Set gunicorn.workerClass: asgi for an asynchronous application, or decide nginx.streamsPerHost (${most} keeps this number without this line).`,
  ];
}

function platformWarnings({ hosts, aws }: Settings): string[] {
  const used = [
    ...(hosts?.machines ?? []).map(({ platform }) => ({ key: "hosts.machines[].platform", platform })),
    ...(aws === undefined ? [] : [{ key: "aws.machines.platform", platform: aws.machines.platform }]),
  ].filter(({ platform }) => !isTried(platform));
  return [...new Map(used.map(({ key, platform }) => [platform, key]))].map(
    ([platform, key]) =>
      `portico:${key}: ${platform} was never tried: its hosts get files by what is known of its versions. ` +
      `Release to a host that nobody needs first, or take one of ${localPlatformIds.join(", ")}, which are tried with every change.`,
  );
}
