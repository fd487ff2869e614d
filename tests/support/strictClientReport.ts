/** What a load saw, counted exactly. */
import type { Clock } from "./clock";
import { ConnectionFault, type FaultKind } from "./strictClientConnection";
import type { Response } from "./strictClientResponse";

/** How often something was seen, and when first and last, in milliseconds since the start. */
export interface Sighting {
  count: number;
  firstMs: number;
  lastMs: number;
}

/** One request of a load. */
export interface Wanted {
  connection: number;
  method: string;
  /** What its answer has to carry, where the load has marks. */
  mark?: string;
}

export interface Evidence extends Wanted {
  atMs: number;
  what: string;
}

export interface Report {
  seconds: number;
  /** Requests that were wanted: `succeeded` + `failures.total`. */
  attempts: number;
  /** Whole answers with a 2xx status. */
  succeeded: number;
  /** Every request that did not get one, by what it got instead. */
  failures: { total: number; statuses: Record<string, number> } & Record<FaultKind, number>;
  /** Ends of connections that cost no request: announced by `Connection: close`, or while idle. */
  cleanCloses: { announced: number; idle: number; idleResets: number };
  connectionsOpened: number;
  /** From the wish to send, a new connection included, to the end of the answer. */
  medianMs: number;
  p99Ms: number;
  slowestMs: number;
  /** Values of the fields `release` and `host` in JSON answers. */
  releases: Record<string, Sighting>;
  hosts: Record<string, Sighting>;
  /** The first failures. */
  evidence: Evidence[];
}

const maximumEvidence = 20;

type Fields = Partial<Record<"release" | "host" | "mark", unknown>>;

export class Tally {
  private readonly start: number;
  private readonly durations: number[] = [];
  private readonly evidence: Evidence[] = [];
  private readonly statuses: Record<string, number> = {};
  private readonly faults: Record<FaultKind, number> = {
    refused: 0,
    connectTimeout: 0,
    answerTimeout: 0,
    brokenBeforeAnswer: 0,
    brokenWithinAnswer: 0,
    malformed: 0,
  };
  private readonly closes = { announced: 0, idle: 0, idleResets: 0 };
  private readonly releases: Record<string, Sighting> = {};
  private readonly hosts: Record<string, Sighting> = {};
  private succeeded = 0;
  private failed = 0;
  private opened = 0;

  constructor(private readonly clock: Clock) {
    this.start = clock.now();
  }

  countOpened(): void {
    this.opened += 1;
  }

  countClose(kind: keyof Report["cleanCloses"]): void {
    this.closes[kind] += 1;
  }

  countAnswer(wanted: Wanted, response: Response, durationMs: number): void {
    this.durations.push(durationMs);
    if (response.status < 200 || response.status > 299) {
      this.statuses[response.status] = (this.statuses[response.status] ?? 0) + 1;
      this.addFailure(wanted, `status ${response.status}`);
      return;
    }
    const fields = fieldsOf(response);
    const fault = faultOf(fields, wanted.mark);
    if (fault !== undefined) return this.countFault(wanted, new ConnectionFault("malformed", fault));
    this.noteFields(fields ?? {});
    this.succeeded += 1;
  }

  countFault(wanted: Wanted, fault: ConnectionFault): void {
    this.faults[fault.kind] += 1;
    this.addFailure(wanted, `${fault.kind}: ${fault.message}`);
  }

  report(): Report {
    const sorted = Float64Array.from(this.durations).sort();
    const quantile = (share: number): number =>
      round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return structuredClone({
      seconds: round(this.now() / 1000),
      attempts: this.succeeded + this.failed,
      succeeded: this.succeeded,
      failures: { total: this.failed, statuses: this.statuses, ...this.faults },
      cleanCloses: this.closes,
      connectionsOpened: this.opened,
      medianMs: quantile(0.5),
      p99Ms: quantile(0.99),
      slowestMs: quantile(1),
      releases: this.releases,
      hosts: this.hosts,
      evidence: this.evidence,
    });
  }

  private now(): number {
    return this.clock.now() - this.start;
  }

  private addFailure(wanted: Wanted, what: string): void {
    this.failed += 1;
    if (this.evidence.length < maximumEvidence) this.evidence.push({ atMs: Math.round(this.now()), ...wanted, what });
  }

  private noteFields({ release, host }: Fields): void {
    if (typeof release === "string") this.note(this.releases, release);
    if (typeof host === "string") this.note(this.hosts, host);
  }

  private note(sightings: Record<string, Sighting>, value: string): void {
    const atMs = Math.round(this.now());
    const sighting = (sightings[value] ??= { count: 0, firstMs: atMs, lastMs: atMs });
    sighting.count += 1;
    sighting.lastMs = atMs;
  }
}

/** The fields of a JSON answer, none of another one; undefined when it claims to be JSON and is not. */
function fieldsOf({ headers, body }: Response): Fields | undefined {
  if (!(headers.get("content-type") ?? "").startsWith("application/json")) return {};
  try {
    return (JSON.parse(body.toString("utf8")) as Fields | null) ?? {};
  } catch {
    return undefined;
  }
}

function faultOf(fields: Fields | undefined, mark?: string): string | undefined {
  if (fields === undefined) return "body: is called JSON and is none";
  if (mark === undefined || fields.mark === mark) return undefined;
  return `body: answers ${String(fields.mark)}, asked was ${mark}`;
}

/** What a load lost, for an assertion that shows it: `expect(lostIn(report)).toEqual([])`. At most the first 20. */
export function lostIn({ evidence }: Report): string[] {
  return evidence.map(
    ({ atMs, connection, method, what }) => `${method} of connection ${connection} after ${atMs} ms: ${what}`,
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
