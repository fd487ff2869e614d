import { shellLine, shellWord } from "./shellWords";

/** Folder below the login user's home that takes bundles and release archives. */
export const incomingFolder = "portico";

/** How long a new machine may take to finish its first boot, in seconds. */
const bootSeconds = 180;

/**
 * Waits until the host has booted and can be configured, and says what is missing when it cannot.
 * cloud-init exits 2 for "finished, with warnings", which is good enough.
 */
export function waitUntilReady(): string {
  return [
    "set -eu",
    `if command -v cloud-init >/dev/null; then timeout ${bootSeconds} cloud-init status --wait >/dev/null || [ $? -eq 2 ] || { echo "cloud-init did not finish" >&2; exit 1; }; fi`,
    `timeout ${bootSeconds} systemctl is-system-running --wait >/dev/null || [ "$(systemctl is-system-running)" = degraded ] || { echo "the host did not finish booting: $(systemctl is-system-running)" >&2; exit 1; }`,
    'sudo -n true || { echo "the login user needs sudo without a password" >&2; exit 1; }',
    'command -v python3 >/dev/null || { echo "the host needs python3" >&2; exit 1; }',
    `umask 077; mkdir -p ${incomingFolder}`,
  ].join("\n");
}

export type HostProgramCommand = "stage" | "migrate" | "activate" | "gate" | "confirm";

export interface HostProgramCall {
  /** File name of the bundle in the incoming folder. */
  bundle: string;
  /** SHA-256 of the bundle, checked before anything of it runs. */
  sha256: string;
  command: HostProgramCommand;
  /** Limit for the whole call, in seconds. */
  seconds: number;
}

/** Runs one command of the host program, as root, from a bundle whose bytes are the expected ones. */
export function callHostProgram({ bundle, sha256, command, seconds }: HostProgramCall): string {
  const path = `${incomingFolder}/${bundle}`;
  return [
    "set -eu",
    `echo ${shellWord(`${sha256}  ${path}`)} | sha256sum --check --status - || { echo ${shellWord(`${path} is missing or damaged`)} >&2; exit 1; }`,
    `exec ${shellLine(["timeout", "--kill-after=10", String(seconds), "sudo", "-n", "python3", "-I", path, command])}`,
  ].join("\n");
}
