import type { HostStatus } from "../hosts/protocol";

export interface RebootWish {
  stack: string;
  /** All hosts of the stack. */
  hosts: readonly string[];
  applicationHosts: readonly string[];
  balancer: string | undefined;
  /** Hosts that the operator names; none: all that ask for it. */
  named: readonly string[];
  /** Whether hosts may be among them without which the site does not answer. */
  outage: boolean;
}

export interface Reboots {
  /** Taken out of the balancer for it, one after another. */
  unnoticed: string[];
  /** Without which visitors are refused: a balancer, last of all, or the only application host. */
  noticed: string[];
  /** Such hosts that stay as they are. */
  spared: string[];
}

/** Who is booted anew, in this order. Throws for a host that the stack does not have. */
export function planReboots(wish: RebootWish, asking: readonly string[]): Reboots {
  const { hosts, applicationHosts, balancer, named, outage } = wish;
  const wrong = named.filter((host) => !hosts.includes(host));
  if (wrong.length > 0)
    throw new Error(
      `--host: got ${wrong.join(", ")}; allowed: ${hosts.join(", ")}; name a host of the stack; nothing was changed`,
    );
  const wanted = named.length > 0 ? hosts.filter((host) => named.includes(host)) : asking;
  const spreads = balancer !== undefined && applicationHosts.length > 1;
  const unnoticed = wanted.filter((host) => spreads && host !== balancer && applicationHosts.includes(host));
  const rest = wanted.filter((host) => !unnoticed.includes(host));
  const noticed = [...rest.filter((host) => host !== balancer), ...rest.filter((host) => host === balancer)];
  return outage ? { unnoticed, noticed, spared: [] } : { unnoticed, noticed: [], spared: noticed };
}

/** Why a host is not to go now, by what the balancer says of the others; undefined where all of them serve. */
export function reasonToWait(host: string, { watch }: HostStatus): string | undefined {
  const others = Object.entries(watch?.hosts ?? {}).filter(([name]) => name !== host);
  const out = others.filter(([, { serves }]) => !serves).map(([name]) => name);
  if (others.length === 0) return "the balancer checks no other host";
  return out.length === 0 ? undefined : `${out.join(", ")} gets no requests; mend that first`;
}
