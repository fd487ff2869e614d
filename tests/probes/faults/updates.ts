import { group, type Probe } from "../probe";

/** Updates of the hosts' packages: what installs them, what runs from replaced files, reboots. */
export const updates: readonly Probe[] = [
  ...group({ jest: ["unit/hostUpdates.test.ts"] }, [
    {
      name: "given hosts install updates although nobody said so",
      file: "settings/updates.ts",
      find: 'target === "aws"',
      replace: 'target !== "local"',
    },
    {
      name: "updates wait for a clock that does not start at boot",
      file: "hosts/contents.ts",
      find: "installsUpdates(settings) ? updateUnits",
      replace: "installsUpdates(settings) ? []",
    },
    {
      name: "needrestart may restart what serves where updates are not ours",
      file: "hostFiles/updates.ts",
      find: '    fromTemplate("common/etc/needrestart/conf.d/portico.conf", { effect: "none" }),\n',
      replace: "",
    },
  ]),
  ...group({ jest: ["rendered/updates.test.ts"] }, [
    {
      name: "needrestart restarts our units",
      file: "needrestart/conf.d/portico.conf",
      find: "qr(^portico-)",
      replace: "qr(^porticos-)",
    },
    {
      name: "updates end in a reboot at any time",
      file: "apt.conf.d/60portico-updates",
      find: 'Automatic-Reboot "false"',
      replace: 'Automatic-Reboot "true"',
    },
  ]),
  ...group({ jest: ["unit/unitRules.test.ts"] }, [
    {
      name: "an Nginx that is the child of process 1 itself",
      file: "portico-nginx.service",
      below: "files/common",
      find: "Type=forking",
      replace: "Type=exec",
    },
  ]),
  ...group({ python: ["test_replaced_files"] }, [
    {
      name: "data of a replaced file counts as code",
      file: "replaced_files.py",
      find: String.raw`^\S+ ..x\S `,
      replace: String.raw`^\S+ ....`,
    },
    {
      name: "a user's own service is ours to tell of",
      file: "replaced_files.py",
      find: String.raw`r"/([^/\n]+\.service)(?=/|$)"`,
      replace: String.raw`r"/([^/\n]+\.service)$"`,
    },
  ]),
  ...group({ python: ["test_nginx_upgrade"] }, [
    {
      name: "the old Nginx ends although no new one came",
      file: "nginx_upgrade.py",
      find: "            _await(lambda: nginx_reload.master(paths) not in (None, old) and bool(nginx_reload.workers(paths)))\n",
      replace: "            nginx_reload.master = lambda _paths, file=None, old=old: old\n",
    },
    {
      name: "two masters accept for ever after a kill",
      file: "nginx_upgrade.py",
      find: " or _accepts(nginx_reload.master(paths, OLD_PID))",
      replace: "",
    },
    {
      name: "an Nginx of before is told to hand over",
      file: "nginx_upgrade.py",
      find: "master is not None and BOUND not in",
      replace: 'master is not None and b"none" not in',
    },
  ]),
  ...group({ python: ["test_checks", "test_heal", "test_effects", "test_file_change"] }, [
    {
      name: "a slot goes on with a replaced library",
      file: "apply/drift.py",
      find: "if started & replaced_files",
      replace: "if set() & replaced_files",
    },
    {
      name: "an undo has Nginx upgraded once more",
      file: "apply/effects.py",
      find: "upgrades and nginx_upgrade.is_outdated",
      replace: "nginx_upgrade.is_outdated",
    },
    {
      name: "the health check may reload Nginx while another one takes over",
      file: "apply/effects.py",
      find: "            change.take_turn()\n",
      replace: "",
    },
    {
      name: "the health check goes on with a replaced library",
      file: "apply/effects.py",
      find: " or unit in replaced)",
      replace: ")",
    },
    {
      name: "a reboot that packages ask for is not told",
      file: "checks/system.py",
      find: "if asking is not None:",
      replace: "if asking == '':",
    },
    {
      name: "the unit that can hand over restarts an Nginx that cannot",
      file: "file_change.py",
      find: '(b"Type=exec", b"Type=forking"), ',
      replace: "",
    },
    {
      name: "clocks of the distribution are stopped",
      file: "file_change.py",
      find: "each for each in left if each.startswith(OWN_UNITS)",
      replace: "left",
    },
  ]),
  ...group({ python: ["test_reboot"] }, [
    {
      name: "a reboot cuts what a host that is out has begun",
      file: "transaction/reboot.py",
      find: "                _await_silence(context, plan)\n",
      replace: "                pass\n",
    },
    {
      name: "a reboot in the middle of a trial",
      file: "transaction/reboot.py",
      find: "if find_lease(context) is not None:",
      replace: "if False:",
    },
    {
      name: "a reboot while packages are installed",
      file: "transaction/reboot.py",
      find: "with boot.hold_packages(context.paths):",
      replace: "if True:",
    },
  ]),
  ...group({ jest: ["unit/reboots.test.ts", "unit/rebooting.test.ts"] }, [
    {
      name: "a host is booted anew while another one is out",
      file: "rollout/reboots.ts",
      find: "return out.length === 0 ?",
      replace: "return out.length >= 0 ?",
    },
    {
      name: "a balancer goes without being allowed to",
      file: "rollout/reboots.ts",
      find: "return outage ?",
      replace: "return outage || !outage ?",
    },
    {
      name: "a host that the balancer finds bad gets requests again",
      file: "update/rebooting.ts",
      find: "  if (failure !== undefined) throw new Error(failure);\n",
      replace: "",
    },
  ]),
];
