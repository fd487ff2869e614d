import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import {
  balances,
  givenSite,
  identityOf,
  checkedHosts,
  sshAddressOf,
  webHostsOf,
  type GivenHost,
} from "../../../lib/targets/hosts/site";
import { readLeftOut, takePart } from "../../../lib/rollout/leftOut";
import { contentsOf } from "../../../lib/hosts/contents";
import type { HostsSettings, Settings } from "../../../lib/settings";
import type { Balancer } from "../../hosts/balancer";
import { NginxBalancer } from "../../hosts/nginxBalancer";
import { gateHosts, trustAuthority, visitSite } from "../../hosts/hostTransaction";
import type { Machine } from "../../hosts/machine";
import { siteUrl, type SiteIdentity } from "../../certificates/siteCertificate";
import type { BalanceArgs, Target, TargetContext, TargetPlan } from "../target";

export interface GivenHostsArgs {
  settings: Settings;
  hosts: HostsSettings;
  /** Private key of the login users, OpenSSH form, secret; another one runs the steps again, which then change nothing. */
  loginKey: pulumi.Output<string>;
}

/**
 * The hosts of target `hosts`: they were there before the stack and stay after it. Before anything of them is changed,
 * all of them are examined; one that is not as it has to be stops the update with all that is wrong.
 *
 * @example
 * const { web } = new GivenHosts("hosts", { settings, hosts: settings.hosts, loginKey });
 */
export class GivenHosts extends pulumi.ComponentResource implements Target {
  readonly web: readonly Machine[];
  readonly balancers: readonly Machine[];

  private readonly settings: Settings;
  private readonly examined: local.Command;
  /** The host that faces the clients. */
  private readonly facing: string | undefined;
  private readonly loginKey: pulumi.Output<string>;

  constructor(name: string, { settings, hosts, loginKey }: GivenHostsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:GivenHosts", name, { hosts: hosts.machines.map((host) => host.name) }, opts);
    this.settings = settings;
    this.loginKey = pulumi.secret(loginKey);
    this.facing = hosts.machines.find(balances)?.name;
    this.examined = this.examine(hosts);
    this.web = webHostsOf(hosts).map((host) => this.reach(host));
    this.balancers = hosts.machines
      .filter((host) => balances(host) && !host.roles.includes("web"))
      .map((host) => this.reach(host));
    this.registerOutputs({});
  }

  balance({ contents, servers, ...rest }: BalanceArgs): Balancer {
    const [machine] = this.balancers;
    if (machine === undefined) return this.balanceFromServer(servers, rest.site);
    const { files, bundle } = contentsOf(contents, machine.name);
    return new NginxBalancer(machine.name, { machine, files, bundle, ...rest });
  }

  /** Nobody watches: the machines of this target send nothing. */
  monitor(): void {}

  /** The balancer on an application host switches with it, and checks all others before. */
  private balanceFromServer(servers: BalanceArgs["servers"], site: SiteIdentity): Balancer {
    const server = servers.find(({ host }) => host.machine.name === this.facing);
    if (server === undefined)
      throw new Error(
        `servers: got none named ${this.facing}; allowed: the application hosts of this target; pass all of them`,
      );
    return {
      hosts: [],
      known: server,
      ready: [],
      url: siteUrl(site, server.host.machine),
      prepare: (before, parent) => [trustAuthority(server, before, parent)],
      gate: (machines, switched, parent) => [gateHosts(server, machines, switched, parent)],
      visit: (paths, switched, gates, parent) => [visitSite(server, paths, switched, gates, parent)],
    };
  }

  private examine(hosts: HostsSettings): local.Command {
    const input = this.loginKey.apply((loginKey) =>
      JSON.stringify(takePart(checkedHosts(this.settings, hosts, loginKey), readLeftOut())),
    );
    return new local.Command(
      "doctor",
      {
        create: "bin/doctor -",
        stdin: pulumi.secret(input),
        dir: ".",
        addPreviousOutputInEnv: false,
        logging: local.Logging.Stderr,
      },
      { parent: this, additionalSecretOutputs: ["stdout", "stderr"], customTimeouts: { create: "10m", update: "10m" } },
    );
  }

  private reach(host: GivenHost): Machine {
    const { name, address, sshPort: port, user, hostKey } = host;
    return {
      name,
      address,
      access: { host: sshAddressOf(host), port, user, loginKey: this.loginKey },
      hostKey,
      identity: identityOf(host),
      resource: this.examined,
    };
  }
}

/** The settings say it all; whether the hosts are so is seen when they are examined. */
export function planGivenHosts({ settings, credentials: { loginKey } }: TargetContext): TargetPlan {
  const { hosts } = settings;
  if (hosts === undefined || loginKey === undefined)
    throw new Error("hosts: got no settings or no login key; allowed: both; the settings demand them");
  return { site: givenSite(settings, hosts), declare: () => new GivenHosts("hosts", { settings, hosts, loginKey }) };
}
