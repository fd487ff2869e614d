import { shellWord } from "../../base/shellWords";

/** User and database of the application. */
const account = "app";
const port = 5432;
const startSeconds = 120;

export interface DatabasePlan {
  /** Where it listens. */
  address: string;
  /** Application machines, the only ones that it lets in. */
  clients: readonly string[];
  /** This computer, which configures it. */
  gateway: string;
}

/** In the form that drivers and frameworks take; `password` needs no escaping in it. */
export function databaseUrl({ address }: Pick<DatabasePlan, "address">, password: string): string {
  return `postgresql://${account}:${password}@${address}:${port}/${account}`;
}

/**
 * Brings Debian's PostgreSQL of a machine into this state, from whatever is there, with the password on standard input. Only another
 * address restarts it: who is connected stays so when application machines come or go.
 */
export function configureDatabase({ address, clients, gateway }: DatabasePlan): string {
  const script = [
    "IFS= read -r password",
    "folder=$(echo /etc/postgresql/*/main) && version=${folder#/etc/postgresql/} && version=${version%/main}",
    // The image has no compiler for long queries.
    `wanted=$(printf "listen_addresses = '${address}'\\njit = off")`,
    'if [ "$(cat "$folder/conf.d/portico.conf" 2>/dev/null)" != "$wanted" ]; then',
    '  printf "%s\\n" "$wanted" >"$folder/conf.d/portico.conf"',
    '  pg_ctlcluster "$version" main restart',
    "fi",
    // After a boot it may not have started yet, and after the loss of power it first repairs itself.
    'systemctl start "postgresql@$version-main.service"',
    `for attempt in $(seq ${2 * startSeconds}); do runuser -u postgres -- pg_isready --quiet && break; sleep 0.5; done`,
    `printf "%s\\n" ${accessLines(clients).map(shellWord).join(" ")} >"$folder/pg_hba.conf"`,
    'pg_ctlcluster "$version" main reload',
    `printf "%s\\n" ${ruleLines({ address, clients, gateway }).map(shellWord).join(" ")} >/etc/nftables.conf`,
    "systemctl enable --quiet nftables.service",
    "systemctl restart nftables.service",
    // The password is of hexadecimal digits, and goes by standard input.
    "runuser -u postgres -- psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 postgres <<SQL",
    `SELECT 'CREATE ROLE ${account} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${account}') \\gexec`,
    `ALTER ROLE ${account} PASSWORD '$password';`,
    `SELECT 'CREATE DATABASE ${account} OWNER ${account} TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8''' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${account}') \\gexec`,
    "SQL",
  ];
  return ["set -eu", `exec sudo -n sh -euc ${shellWord(script.join("\n"))}`].join("\n");
}

/** Its administrator on the machine itself, the application by its password from its own machines, nobody else. */
function accessLines(clients: readonly string[]): string[] {
  return [
    "local all postgres peer",
    ...clients.map((client) => `host ${account} ${account} ${client}/32 scram-sha-256`),
  ];
}

function ruleLines({ address, clients, gateway }: DatabasePlan): string[] {
  return [
    "flush ruleset",
    "table inet portico {",
    "  chain input {",
    "    type filter hook input priority filter; policy drop;",
    '    iif "lo" accept',
    "    ct state established,related accept",
    "    icmp type echo-request accept",
    `    ip saddr ${gateway} tcp dport 22 accept`,
    `    ip saddr { ${clients.join(", ")} } ip daddr ${address} tcp dport ${port} accept`,
    "  }",
    "}",
  ];
}
