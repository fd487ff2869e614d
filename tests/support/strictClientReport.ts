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

export interface Evidence {
  atMs: number;
  connection: number;
  method: string;
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

  countAnswer(connection: number, method: string, response: Response, durationMs: number): void {
    this.durations.push(durationMs);
    if (response.status < 200 || response.status > 299) {
      this.statuses[response.status] = (this.statuses[response.status] ?? 0) + 1;
      this.addFailure(connection, method, `status ${response.status}`);
      return;
    }
    if (!this.noteFields(response)) {
      this.countFault(connection, method, new ConnectionFault("malformed", "body: is called JSON and is none"));
      return;
    }
    this.succeeded += 1;
  }

  countFault(connection: number, method: string, fault: ConnectionFault): void {
    this.faults[fault.kind] += 1;
    this.addFailure(connection, method, `${fault.kind}: ${fault.message}`);
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

  private addFailure(connection: number, method: string, what: string): void {
    this.failed += 1;
    if (this.evidence.length < maximumEvidence)
      this.evidence.push({ atMs: Math.round(this.now()), connection, method, what });
  }

  /** False when the answer claims to be JSON and is not. */
  private noteFields(response: Response): boolean {
    if (!(response.headers.get("content-type") ?? "").startsWith("application/json")) return true;
    try {
      const fields = JSON.parse(response.body.toString("utf8")) as { release?: unknown; host?: unknown } | null;
      if (typeof fields?.release === "string") this.note(this.releases, fields.release);
      if (typeof fields?.host === "string") this.note(this.hosts, fields.host);
      return true;
    } catch {
      return false;
    }
  }

  private note(sightings: Record<string, Sighting>, value: string): void {
    const atMs = Math.round(this.now());
    const sighting = (sightings[value] ??= { count: 0, firstMs: atMs, lastMs: atMs });
    sighting.count += 1;
    sighting.lastMs = atMs;
  }
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
