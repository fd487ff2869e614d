import type { Problem } from "./problem";

/** TCP ports that a host has to let in, and from where; null: from everywhere. */
export interface Admission {
  ports: readonly number[];
  from: readonly string[] | null;
}

export interface FirewallExpectation {
  /** Whether Portico gives the host rules of its own (`firewall.rules`). */
  ownFirewall: boolean;
  admissions: readonly Admission[];
}

const anywhere = null;

/** Firewalls of others never go together with ours: each would drop what the other one lets in. */
export function firewallProblems(
  found: readonly string[],
  { ownFirewall, admissions }: FirewallExpectation,
): Problem[] {
  if (!ownFirewall) return [];
  return found.map((name) => ({
    subject: "firewall",
    found: name,
    allowed: "no other one, with firewall.rules: ours",
    remedy: `set firewall.rules: none and let in what Portico serves: ${rulesToAdd(name, admissions).join("; ")}`,
  }));
}

/** What the firewall that a host has needs, line by line; it is left alone. */
export function firewallNotes(found: readonly string[], { ownFirewall, admissions }: FirewallExpectation): string[] {
  if (ownFirewall) return [];
  return found.flatMap((name) => [
    `${name} is left as it is; where it does not let in what Portico serves, run there as root:`,
    ...rulesToAdd(name, admissions).map((rule) => `  ${rule}`),
  ]);
}

function rulesToAdd(name: string, admissions: readonly Admission[]): string[] {
  const each = admissions.flatMap(({ ports, from }) =>
    ports.flatMap((port) => (from ?? [anywhere]).map((source) => ({ port, source }))),
  );
  if (name === "ufw")
    return each.map(({ port, source }) => `ufw allow proto tcp from ${source ?? "any"} to any port ${port}`);
  if (name === "firewalld") return [...each.map(firewalldRule), "firewall-cmd --reload"];
  if (name === "iptables")
    return each.map(
      ({ port, source }) => `iptables -I INPUT -p tcp${source ? ` -s ${source}` : ""} --dport ${port} -j ACCEPT`,
    );
  const table = name.replace(/^nftables /, "");
  return each.map(
    ({ port, source }) =>
      `nft insert rule ${table} CHAIN ${source ? `ip saddr ${source} ` : ""}tcp dport ${port} accept (CHAIN is the one of hook input)`,
  );
}

function firewalldRule({ port, source }: { port: number; source: string | null }): string {
  if (source === null) return `firewall-cmd --permanent --add-port=${port}/tcp`;
  const rule = `rule family=ipv4 source address=${source} port port=${port} protocol=tcp accept`;
  return `firewall-cmd --permanent --add-rich-rule='${rule}'`;
}
