import { isIPv4 } from "node:net";
import type { Fault } from "../faults";
import type { HostsSettings, Settings } from "../schema";

type GivenHost = HostsSettings["machines"][number];

/** Names that resources of the stack's other parts begin or end with. */
const takenNames = [/^(authority|doctor)(-|$)/, /-(site|gate)$/];

/** Faults between the settings of target hosts. */
export function hostsFaults({ target, hosts, site }: Settings): Fault[] {
  if (target !== "hosts") return [];
  if (hosts === undefined)
    return [{ key: "hosts", value: undefined, allowed: "a group of settings", remedy: "set it, or another target" }];
  const { machines } = hosts;
  return [
    ...domainFaults(site.domains),
    ...machines.flatMap((machine, index) => machineFaults(machine, `hosts.machines.${index}`)),
    ...repeated(machines, ({ name }) => name, "name"),
    ...repeated(machines, ({ address }) => address, "address"),
    ...repeated(
      machines,
      ({ address, sshAddress, sshPort }) => `${sshAddress ?? address} port ${sshPort}`,
      "sshAddress",
    ),
    ...roleFaults(machines),
  ];
}

function domainFaults(domains: readonly string[]): Fault[] {
  if (domains.length > 0) return [];
  return [{ key: "site.domains", value: domains, allowed: "at least one name", remedy: "name the site" }];
}

function machineFaults({ name, address, sshAddress, roles, user }: GivenHost, key: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: keyof GivenHost, value: unknown, allowed: string, remedy: string) =>
    faults.push({ key: `${key}.${field}`, value, allowed, remedy });
  if (takenNames.some((pattern) => pattern.test(name)))
    fault(
      "name",
      name,
      "names other than authority and doctor, and without -site or -gate at the end, which parts of the stack have",
      "rename it",
    );
  if (!isIPv4(address)) fault("address", address, "an IPv4 address", "mend it");
  if (sshAddress !== null && !isIPv4(sshAddress)) fault("sshAddress", sshAddress, "an IPv4 address", "mend it");
  if (roles.length === 0 || new Set(roles).size < roles.length)
    fault("roles", roles, "web, balancer, or both, each once", "mend the list");
  if (user === "root")
    fault(
      "user",
      user,
      "a user other than root: Portico ends its logins",
      "make a user with sudo and without a password",
    );
  return faults;
}

/** The second of two hosts that have the same. */
function repeated(
  machines: readonly GivenHost[],
  valueOf: (machine: GivenHost) => string,
  field: keyof GivenHost,
): Fault[] {
  const values = machines.map(valueOf);
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (first === index) return [];
    return [
      {
        key: `hosts.machines.${index}.${field}`,
        value,
        allowed: `one that no other host has; hosts.machines.${first} has it`,
        remedy: "mend one of the two",
      },
    ];
  });
}

function roleFaults(machines: readonly GivenHost[]): Fault[] {
  const namesOf = (role: string) => machines.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  const [web, balancers] = [namesOf("web"), namesOf("balancer")];
  return [
    ...(web.length === 0
      ? [
          {
            key: "hosts.machines",
            value: web,
            allowed: "one host or more with the role web",
            remedy: "give the role to a host",
          },
        ]
      : []),
    ...(balancers.length !== 1
      ? [
          {
            key: "hosts.machines",
            value: balancers,
            allowed: "exactly one host with the role balancer",
            remedy: balancers.length === 0 ? "give the role to a host" : "take it from the others",
          },
        ]
      : []),
  ];
}
