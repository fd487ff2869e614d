/**
 * What a platform brings, as its distribution ships it. Files are rendered for these versions at plan
 * time; the host's facts are compared with them before anything on the host changes.
 */
export interface Platform {
  id: PlatformId;
  suite: "trixie" | "bookworm";
  python: "3.13" | "3.11";
  nginx: "1.26" | "1.22";
  openssl: "3.5" | "3.0";
  systemd: 257 | 252;
}

export const platformIds = ["debian-13", "debian-12"] as const;
export type PlatformId = (typeof platformIds)[number];

export const platforms: Record<PlatformId, Platform> = {
  "debian-13": { id: "debian-13", suite: "trixie", python: "3.13", nginx: "1.26", openssl: "3.5", systemd: 257 },
  "debian-12": { id: "debian-12", suite: "bookworm", python: "3.11", nginx: "1.22", openssl: "3.0", systemd: 252 },
};
