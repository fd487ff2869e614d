import { group, type Probe } from "../probe";

/** Who is let in, what the application reaches, and the trial of rules that may keep the deployer out. */
export const firewall: readonly Probe[] = [
  ...group({ jest: ["rendered/firewall.test.ts"] }, [
    {
      name: "what is not named is let in",
      file: "firewall.nft",
      find: "priority filter; policy drop\n",
      replace: "priority filter; policy accept\n",
    },
    {
      name: "connections from before the rules are dropped",
      file: "firewall.nft",
      find: "        tcp flags & (syn | ack) != syn accept\n",
      replace: "        ct state established,related accept\n",
    },
    {
      name: "the kernel remembers each connection",
      file: "firewall.nft",
      find: "        meta l4proto tcp notrack\n",
      count: 2,
      replace: "",
    },
    {
      name: "answers by UDP are dropped",
      file: "firewall.nft",
      find: "        ct state established,related accept\n",
      replace: "",
    },
    {
      name: "neighbours of IPv6 are not found",
      file: "firewall.nft",
      find: "        icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept\n",
      replace: "",
    },
    {
      name: "the application reaches the metadata of a cloud",
      file: "firewall/application.nft",
      find: "        ip daddr 169.254.169.254 reject with icmpx type admin-prohibited\n",
      replace: "",
    },
    {
      name: "the application reaches sshd of its own host",
      file: "firewall/application.nft",
      find: "        oif lo tcp dport { @hostPorts@ } reject with icmpx type admin-prohibited\n",
      replace: "        # @hostPorts@\n",
    },
    {
      name: "what root may reach the application may not either",
      file: "firewall/application.nft",
      find: "meta skuid @appUser@ jump application",
      replace: "jump application # @appUser@",
    },
    {
      name: "an application host serves everybody",
      file: "hostFiles/firewall.ts",
      find: 'rulesFor("saddr", balancerAddresses, `tcp dport ${webPort} accept`)',
      replace: "`tcp dport ${webPort} accept${balancerAddresses.length > 99 ? rulesFor : ``}`",
    },
    {
      name: "the doctor takes our own table for one of others",
      file: "factsScript.ts",
      find: ' && each != "inet portico"',
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/firewall.test.ts"] }, [
    {
      name: "given hosts get a firewall unasked",
      file: "hosts/firewall.ts",
      find: '? target !== "hosts" :',
      replace: '? target !== "moon" as string :',
    },
    {
      name: "rules are planned for machines without nft",
      file: "local/machineState.ts",
      find: "&& !existsSync(path.join(root, program))",
      replace: "&& !existsSync(root)",
    },
  ]),
  ...group({ jest: ["unit/doctor.test.ts"] }, [
    {
      name: "two firewalls on one host",
      file: "otherFirewall.ts",
      find: "  if (!ownFirewall) return [];\n",
      replace: "  if (found.length >= 0) return [];\n",
    },
  ]),
  ...group({ python: ["test_firewall_trial"] }, [
    {
      name: "a first firewall is not on trial",
      file: "transaction/activation.py",
      find: "return lease.NO_STATE if firewall.rules(self.plan) else None",
      replace: "return None",
    },
    {
      name: "rules that nobody confirmed come again with a confirmation",
      file: "return_to_confirmed.py",
      find: "        rollback_ban.ban_one(context, armed.key, FIREWALL_TRIAL)\n",
      replace: "        pass\n",
    },
    {
      name: "a ban by a trial lifts that of an operator",
      file: "rollback_ban.py",
      find: "{key, *(found.keys if found else ())}",
      replace: "{key}",
    },
    {
      name: "a firewall that was given up is there after a boot",
      file: "return_to_confirmed.py",
      find: "    systemd.disable(firewall.UNIT)\n",
      replace: "",
    },
    {
      name: "healing loads rules that were taken back",
      file: "transaction/heal.py",
      find: "            rollback_ban.refuse_banned(context, plan)\n",
      replace: "",
    },
    {
      name: "a restart loads rules that were taken back",
      file: "transaction/restart.py",
      find: "        rollback_ban.refuse_banned(context, plan)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_effects"] }, [
    {
      name: "new rules are not loaded",
      file: "apply/effects.py",
      find: "    return firewall.EFFECT in change.effects or (\n",
      replace: "    return (\n",
    },
    {
      name: "rules changed by hand are not loaded again",
      file: "apply/effects.py",
      find: "not firewall.is_loaded(context, change.plan)",
      replace: "False",
    },
  ]),
  ...group({ python: ["test_checks"] }, [
    {
      name: "changed rules are not found",
      file: "checks/system.py",
      find: "    yield from _firewall(context, plan)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_firewall"] }, [
    {
      name: "rules are compared with the file on the host",
      file: "system/firewall.py",
      find: "[in_place_of(str(live), str(staged))]",
      replace: "[in_place_of(str(live), str(live))]",
    },
    {
      name: "rules that nft refuses are staged",
      file: "firewall_check.py",
      find: "    if done.returncode != 0:\n",
      replace: "    if done.returncode < 0:\n",
    },
  ]),
];
