/**
 * What the host program does after a file with this effect changed.
 *
 * - `nginx`: reload Nginx, after `nginx -t` on the staged files
 * - `nginxUnit`: read units again, restart Nginx
 * - `appUnit`: read units again, start the application anew in the idle slot
 * - `app`: part of the revision, not installed at its path; starts the application anew in the idle slot
 * - `systemd`: read units again
 * - `sysctl`, `tmpfiles`: apply the file
 * - `sshd`: reload sshd, after `sshd -t`
 * - `none`: nothing; whoever uses the file reads it each time
 */
export type Effect = "nginx" | "nginxUnit" | "appUnit" | "app" | "systemd" | "sysctl" | "sshd" | "tmpfiles" | "none";

/** A file as it shall be on a host. */
export interface HostFile {
  /** Absolute. */
  path: string;
  content: string;
  /** Four octal digits. */
  mode: string;
  owner: string;
  group: string;
  effect: Effect;
}

/** Sorts by path, byte for byte, and refuses two files of one path. */
export function sortedByPath(files: readonly HostFile[]): HostFile[] {
  const sorted = [...files].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
  const twice = sorted.find((file, index) => index > 0 && sorted[index - 1]!.path === file.path);
  if (twice !== undefined) throw new Error(`${twice.path}: got two files; allowed: one for each path; choose one of the templates`);
  return sorted;
}
