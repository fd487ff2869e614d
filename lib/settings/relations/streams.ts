import type { Settings } from "../schema";

/** Of a host with one CPU: workers are counted on the host, two for each CPU and one. */
const fewestWorkers = 3;

/**
 * Open streams that one host passes to its application at once; undefined is no limit. With gthread workers each holds a thread,
 * so half of the threads stay free, on the smallest host too.
 */
export function mostStreams({
  nginx: { streamsPerHost },
  gunicorn,
}: Pick<Settings, "nginx" | "gunicorn">): number | undefined {
  if (streamsPerHost !== "auto") return streamsPerHost;
  if (gunicorn.workerClass === "asgi") return undefined;
  return Math.max(1, Math.floor(fewestThreads(gunicorn) / 2));
}

/** Threads of a host that runs gthread workers, at the least. */
export function fewestThreads({ workers, threads }: Settings["gunicorn"]): number {
  return (workers === "auto" ? fewestWorkers : workers) * threads;
}
