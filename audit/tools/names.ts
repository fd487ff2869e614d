/** Words that run a command which finds `name` at `address`, in a mount namespace of its own: nothing else does. */
export function knowing(name: string, address: string, command: readonly string[]): string[] {
  const script = 'mount -t tmpfs tmpfs /mnt; echo "$0" >/mnt/hosts; mount --bind /mnt/hosts /etc/hosts; exec "$@"';
  return ["unshare", "--mount", "sh", "-euc", script, `${address} ${name}`, ...command];
}
