/**
 * What a platform brings, as its distribution ships it. Files are rendered for these versions at plan
 * time; the host's facts are compared with them before anything on the host changes.
 */
export interface Platform {
  id: PlatformId;
  python: "3.14" | "3.13" | "3.12" | "3.11" | "3.10";
  nginx: "1.28" | "1.26" | "1.24" | "1.22" | "1.18";
  openssl: "3.5" | "3.0";
  systemd: 259 | 257 | 255 | 252 | 249;
  /** Name of the suite in Debian's archive, which machines on this computer are made from. */
  suite?: "trixie" | "bookworm";
}

/** Platforms that machines on this computer may have. */
export const localPlatformIds = ["debian-13", "debian-12"] as const;

/** Platforms that hosts may have, named as their os-release does. */
export const platformIds = [...localPlatformIds, "ubuntu-26.04", "ubuntu-24.04", "ubuntu-22.04"] as const;

/** Whether Portico was tried on it: the others get files by what is known of their versions. */
export function isTried(id: PlatformId): id is LocalPlatformId {
  return (localPlatformIds as readonly PlatformId[]).includes(id);
}

export type LocalPlatformId = (typeof localPlatformIds)[number];
export type PlatformId = (typeof platformIds)[number];

export const platforms: Record<PlatformId, Platform> & Record<LocalPlatformId, Required<Platform>> = {
  "debian-13": { id: "debian-13", suite: "trixie", python: "3.13", nginx: "1.26", openssl: "3.5", systemd: 257 },
  "debian-12": { id: "debian-12", suite: "bookworm", python: "3.11", nginx: "1.22", openssl: "3.0", systemd: 252 },
  "ubuntu-26.04": { id: "ubuntu-26.04", python: "3.14", nginx: "1.28", openssl: "3.5", systemd: 259 },
  "ubuntu-24.04": { id: "ubuntu-24.04", python: "3.12", nginx: "1.24", openssl: "3.0", systemd: 255 },
  "ubuntu-22.04": { id: "ubuntu-22.04", python: "3.10", nginx: "1.18", openssl: "3.0", systemd: 249 },
};
