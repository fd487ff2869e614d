/** Below the range from which Linux takes the ports of outgoing connections. */
const firstPort = 22201;

/** Port on the deployer's computer that leads to sshd of a machine (mode ssm); `index` is 0 for `web-1`. */
export function tunnelPort(index: number): number {
  return firstPort + index;
}
