import type { BundleRole } from "../base/contract";
import type { HostFile } from "../hostFiles/hostFile";
import type { Platform } from "../hosts/platforms";

export type Role = BundleRole;

/** What the host program gets about a host of this role; its own files aside. */
export interface BundleDescription {
  /** What the files were rendered for. The host program refuses any other platform. */
  platform: Pick<Platform, "id" | "python" | "nginx" | "openssl" | "systemd">;
  /** Debian packages that must be there. */
  packages: string[];
  /** Units that must not start, since ours take their place. */
  maskedUnits: string[];
  /** Units that start at boot. */
  enabledUnits: string[];
  /** What is requested after each change, through Nginx. */
  health: HealthCheck;
  /** The way through the balancer to an application host, which may be older or newer than it; null on a host that does not balance. */
  site: HealthCheck | null;
  /** What other hosts reach. */
  listens: Listeners;
  /** How a release is started and checked; null where no application runs. */
  app: AppDescription | null;
}

export interface Listeners {
  /** TCP ports of Nginx. */
  ports: number[];
  /** Whether there are to be no others but those of sshd: so on machines of the stack, not on hosts that were there before. */
  onlyOnes: boolean;
}

export interface HealthCheck {
  url: string;
  /** Name that the certificate must hold. */
  serverName: string;
  /** File of the certificate that Nginx must answer with. */
  certificate: string;
  /** Status code of a healthy host. */
  expect: number;
  /** Host header, where it is not that name. */
  host?: string;
}

export interface AppDescription {
  /** `package.module:callable`. */
  module: string;
  healthPath: string;
  readyPath: string;
  /** What a visitor requests first; null when it is not checked. */
  homePath: string | null;
  /** Value of the Host header of probes. */
  host: string;
  /** System user that the application runs as. */
  user: string;
  startSeconds: number;
  readySeconds: number;
  /** Good answers in a row. */
  probes: number;
  drainSeconds: number;
  keepReleases: number;
  /** Folders that outlive releases, and whether Nginx serves what is in them. */
  data: readonly { name: string; served: boolean }[];
  /** Words of the command that runs once for each release, and its limit; null when there is none. */
  migration: { command: readonly string[]; seconds: number } | null;
  /** What runs beside the slots on this host. */
  processes: ProcessDescription[];
  /** What runs at set times on this host. */
  schedules: ScheduleDescription[];
}

export interface ScheduleDescription {
  name: string;
  /** When, as systemd reads it. */
  calendar: string;
  /** First word of its command. */
  program: string;
}

export interface ProcessDescription {
  name: string;
  instances: number;
  /** Whether it runs once in the whole fleet: the old one ends before the new one starts. */
  alone: boolean;
  /** How long a new one has to stay. */
  steadySeconds: number;
  /** First word of its command. */
  program: string;
}

/** A file as bundle.json lists it; its content lies in the bundle below `tree/`. */
export interface BundledFile extends Pick<HostFile, "path" | "mode" | "owner" | "group" | "effect"> {
  sha256: string;
}

/** The whole of bundle.json. */
export interface BundleManifest extends BundleDescription {
  format: number;
  role: Role;
  files: BundledFile[];
}
