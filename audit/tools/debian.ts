import { debianJudges } from "./install";

/** Mounts what programs expect, for this command alone, then runs it in the small Debian. */
const enter = [
  'mount --rbind /dev "$0/dev"',
  'mount -t proc proc "$0/proc"',
  'mount -t tmpfs tmpfs "$0/tmp"',
  'exec chroot "$0" "$@"',
].join("; ");

/** Words that run a judge of Debian's, in the network that the words before them are in. */
export function inDebian(command: readonly string[]): string[] {
  return ["unshare", "--mount", "sh", "-euc", enter, debianJudges(), ...command];
}

/** Words that enter the network of a machine, by its process 1. */
export function inNetworkOf(init: number): string[] {
  return ["nsenter", `--net=/proc/${init}/ns/net`, "--"];
}
