import type { CommandName } from "./protocol";
import { contract } from "../base/contract";
import { incomingFolder } from "./wellKnown";
import { shellLine, shellWord } from "../base/shellWords";

/** Host keys where sshd looks for them by itself. */
const ownHostKey = "/etc/ssh/ssh_host_ed25519_key";
const bootHostKey = "/etc/ssh/ssh_host_ecdsa_key";

/** Limit for one call of the host program; its own limits are shorter, and their messages say more. */
export const callSeconds = 540;

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

/**
 * Gives a machine its own host key (on standard input, OpenSSH form) beside the one that it booted with. A key that was
 * cut off is not installed; the same again changes nothing.
 */
export function admitHost(): string {
  const script = [
    "umask 077",
    `cat >${ownHostKey}.new`,
    `ssh-keygen -y -P "" -f ${ownHostKey}.new >${ownHostKey}.pub`,
    `chmod 0644 ${ownHostKey}.pub`,
    `mv ${ownHostKey}.new ${ownHostKey}`,
    "sshd -t",
    `systemctl reload ${contract.names.sshUnit}`,
  ];
  return ["set -eu", `exec sudo -n sh -euc ${shellWord(script.join("\n"))}`].join("\n");
}

/** Takes away the key that a machine booted with, which others could read. */
export function forgetBootKey(): string {
  const script = [
    `[ -e ${bootHostKey} ] || exit 0`,
    `rm -f ${bootHostKey} ${bootHostKey}.pub`,
    `systemctl reload ${contract.names.sshUnit}`,
  ];
  return `sudo -n sh -euc ${shellWord(script.join("\n"))}`;
}

/**
 * Installs missing packages; contacts no package source when all are there. Units that ours take the place of are kept from
 * starting with their package.
 */
export function installPackages({
  packages,
  maskedUnits,
}: {
  packages: readonly string[];
  maskedUnits: readonly string[];
}): string {
  const apt = (seconds: number) =>
    `timeout --kill-after=10 ${seconds} apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=15`;
  const script = [
    "export DEBIAN_FRONTEND=noninteractive",
    `for unit in ${shellLine(maskedUnits)}; do systemctl cat "$unit" >/dev/null 2>&1 || systemctl mask --quiet "$unit" 2>/dev/null; done`,
    // The lists have a lock that no option waits for; a source that fails is no harm when the packages are found.
    `for attempt in 1 2 3; do ${apt(50)} update >/dev/null && break; sleep 5; done`,
    // What a call that was cut off left half done.
    "dpkg --configure -a >/dev/null || true",
    `${apt(360)} --no-install-recommends -y install "$@" >/dev/null`,
  ];
  return [
    "set -eu",
    'missing=""',
    `for package in ${shellLine(packages)}; do`,
    '  [ "$(dpkg-query --show --showformat=\'${db:Status-Status}\' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"',
    "done",
    '[ -n "$missing" ] || exit 0',
    'echo "installing$missing" >&2',
    `sudo -n sh -euc ${shellWord(script.join("\n"))} sh $missing </dev/null || {`,
    '  echo "packages: could not install$missing; give the host a way to its package sources, or an image that has them" >&2; exit 1',
    "}",
  ].join("\n");
}

/** Those that the engine runs, from a bundle. */
export type HostProgramCommand = Extract<
  CommandName,
  "stage" | "migrate" | "trust" | "activate" | "gate" | "visit" | "confirm"
>;

export interface HostProgramCall {
  /** File name of the bundle in the incoming folder. */
  bundle: string;
  /** SHA-256 of the bundle, checked before anything of it runs. */
  sha256: string;
  command: HostProgramCommand;
  /** Limit for the whole call, in seconds. */
  seconds: number;
}

/**
 * Runs one command of the host program, as root, from a bundle whose bytes are the expected ones. Its limit is kept by root:
 * one outside of sudo ends sudo alone, and what holds the connection open lives on.
 */
export function callHostProgram({ bundle, sha256, command, seconds }: HostProgramCall): string {
  const path = `${incomingFolder}/${bundle}`;
  return [
    "set -eu",
    `echo ${shellWord(`${sha256}  ${path}`)} | sha256sum --check --status - || { echo ${shellWord(`${path} is missing or damaged`)} >&2; exit 1; }`,
    `exec ${shellLine(["sudo", "-n", "timeout", "--kill-after=10", String(seconds), "python3", "-I", path, command])}`,
  ].join("\n");
}
