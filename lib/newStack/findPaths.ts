import type { ProjectFiles } from "./sources";

/** Names that checks of health usually have, the most telling first. */
const liveNames = ["livez", "healthz", "health/live", "health", "healthcheck", "alive", "ping", "up"];
const readyNames = ["readyz", "health/ready", "ready", "readiness"];

export interface FoundPaths {
  /** Undefined where the project names none. */
  live: string | undefined;
  ready: string | undefined;
  /** Routes of web sockets. */
  sockets: string[];
  /** Files that seem to answer with a stream of events, whose routes are not known. */
  streaming: string[];
}

/** Routes by the texts that stand in the sources; where a prefix comes before one, it is not known here. */
export function findPaths({ sources }: ProjectFiles): FoundPaths {
  const texts = sources.map(({ text }) => text);
  const has = (name: string) => texts.some((text) => new RegExp(`(["'])/?${name}/?\\1`).test(text));
  const pathOf = (name: string) => {
    const slash = texts.some((text) => new RegExp(`(["'])/?${name}/\\1`).test(text));
    return `/${name}${slash ? "/" : ""}`;
  };
  const first = (names: readonly string[]) => {
    const name = names.find(has);
    return name === undefined ? undefined : pathOf(name);
  };
  const sockets = texts.flatMap((text) =>
    [...text.matchAll(/(?:\.websocket\(|WebSocketRoute\()\s*["'](\/[A-Za-z0-9._~\-/]*)["']/g)].map(
      (found) => found[1]!,
    ),
  );
  return {
    live: first(liveNames),
    ready: first(readyNames),
    sockets: [...new Set(sockets)],
    streaming: sources
      .filter(({ text }) => /text\/event-stream|EventSourceResponse/.test(text))
      .map(({ path }) => path),
  };
}
