import { group, type Probe } from "../probe";

/** The host program's commands beside the transaction: migration, rollback, restart, rehearsal, and the instances that two of them run. */
export const hostCommands: readonly Probe[] = [
  ...group({ python: ["test_one_off_command"] }, [
    {
      name: "a command of an operator keeps the slot, which the next releases give to another revision",
      file: "one_off_command.py",
      find: "line.replace(f\"{PATHS['application']}/slots/%i\", str(revision))",
      replace: "line",
    },
    {
      name: "a command of an operator is started as a service of a slot",
      file: "one_off_command.py",
      find: "if not OF_A_SERVICE.fullmatch(key):",
      replace: "if True:",
    },
    {
      name: "a command runs beside a slot that does not",
      file: "one_off_command.py",
      find: "if slot is None or not systemd.is_active(slots.service(slot)):",
      replace: "if slot is None:",
    },
    {
      name: "every command takes words",
      file: "cli.py",
      find: "(len(given) > 1 and given[0] != WITH_WORDS)",
      replace: "False",
    },
  ]),
  ...group({ python: ["test_cli"] }, [
    {
      name: "umask of the caller closes releases to the application",
      file: "cli.py",
      find: "    os.umask(0o022)\n",
      replace: "",
    },
    { name: "umask lets the group write", file: "cli.py", find: "os.umask(0o022)", replace: "os.umask(0o002)" },
    {
      name: "losing the session ends the work",
      file: "cli.py",
      find: "    signal.signal(signal.SIGHUP, signal.SIG_IGN)\n",
      replace: "",
    },
    {
      name: "a second signal interrupts the undo",
      file: "cli.py",
      find: "        signal.signal(each, signal.SIG_IGN)\n",
      replace: "        pass\n",
    },
    {
      name: "anybody may run it",
      file: "cli.py",
      find: 'if COMMANDS[given[0]]["root"] and os.geteuid() != 0:',
      replace: "if False:",
    },
    {
      name: "check is content with differences",
      file: "cli.py",
      find: 'EXIT_CODES["failed" if found.differences else "done"]',
      replace: 'EXIT_CODES["done"]',
    },
    {
      name: "a step is missing",
      file: "steps.py",
      find: "            actions[step]()\n",
      replace: "            actions[step]() if step != ORDER[command][-1] else None\n",
    },
  ]),
  ...group({ python: ["test_migration"] }, [
    {
      name: "a migration runs a second time",
      file: "migration.py",
      find: " or plan.release in Record.load(context.paths).migrated:",
      replace: ":",
    },
    {
      name: "a migration is not remembered",
      file: "migration.py",
      find: "        Record.load(self.context.paths).migrated_now(self.plan.release).save(self.context.paths)\n",
      replace: "",
    },
    {
      name: "two migrations run at once",
      file: "migration.py",
      find: "        while not systemd.is_stopped(UNIT):",
      replace: "        while False:",
    },
    {
      name: "a migration that still runs loses its unit",
      file: "migration.py",
      find: "    if instance.exists(context, slots.MIGRATION) and systemd.is_stopped(UNIT):",
      replace: "    if instance.exists(context, slots.MIGRATION):",
    },
    {
      name: "a migration that failed goes on",
      file: "migration.py",
      find: "        systemd.stop(UNIT, seconds=MARGIN_SECONDS)\n",
      replace: "",
    },
    {
      name: "a failed migration blames what serves",
      file: "migration.py",
      find: 'record.with_verdict(self.plan.release, None, "migrate", why)',
      replace: 'record.with_verdict(self.plan.release, self.plan.revision, "migrate", why)',
    },
    {
      name: "an interrupted migration blames the release",
      file: "migration.py",
      find: "        if not isinstance(failure, Interrupted):",
      replace: "        if True:",
    },
    {
      name: "secrets are shown in migrate",
      file: "migration.py",
      find: "        redact_secrets(context, plan)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_rollback", "test_rollback_ban"] }, [
    {
      name: "a rollback bans nothing",
      file: "rollback.py",
      find: "        rollback_ban.ban_others(context, plan.key, who)\n",
      replace: "",
    },
    {
      name: "a rollback that failed leaves its ban",
      file: "rollback.py",
      find: "            rollback_ban.restore(context.paths, former)\n",
      replace: "            pass\n",
    },
    {
      name: "a rollback goes to what serves",
      file: "rollback.py",
      find: "if release != current and release in kept:",
      replace: "if release in kept:",
    },
    {
      name: "a rollback leaves the release good",
      file: "rollback.py",
      find: "Withdrawn(current.release, current.revision) if plan.release != current.release else None",
      replace: "None",
    },
    {
      name: "what was staged again stays banned",
      file: "rollback_ban.py",
      find: "RollbackBan(tuple(each for each in found.keys if each != key)",
      replace: "RollbackBan(tuple(found.keys)",
    },
    {
      name: "a rollback bans what it goes to",
      file: "rollback_ban.py",
      find: " if folder.name != kept}",
      replace: "}",
    },
  ]),
  ...group({ python: ["test_instance"] }, [
    {
      name: "the manager starts an instance that it had before",
      file: "instance.py",
      find: "    systemd.reload_units()\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_restart", "test_heal"] }, [
    {
      name: "a restart in the middle of a trial",
      file: "restart.py",
      find: "        if find_lease(context) is not None:",
      replace: "        if False:",
    },
    { name: "a restart keeps the slot", file: "restart.py", find: ", fresh_slot=True)", replace: ")" },
    {
      name: "healing in the middle of a trial",
      file: "transaction/heal.py",
      find: "        if Lease.load(context.paths) is not None:",
      replace: "        if False:",
    },
  ]),
  ...group({ python: ["test_rehearsal", "test_staging"] }, [
    {
      name: "workers that fall over are rehearsed",
      file: "rehearsal.py",
      find: "        prove_workers_stay(self.context)\n",
      replace: "",
    },
    {
      name: "a rehearsal is checked once",
      file: "rehearsal.py",
      find: "STEADY_SECONDS - time.monotonic()))\n        prove_slot(self.context, self.app, slots.REHEARSAL)\n",
      replace: "STEADY_SECONDS - time.monotonic()))\n",
    },
    {
      name: "a rehearsal is checked again at once",
      file: "rehearsal.py",
      find: "        time.sleep(max(0, self.proven_at + STEADY_SECONDS - time.monotonic()))\n",
      replace: "",
    },
    {
      name: "a process that ended was checked",
      file: "slot_probe.py",
      find: '    if systemd.show(unit, "MainPID") != process:',
      replace: "    if False:",
    },
    {
      name: "the health path is not requested",
      file: "slot_probe.py",
      find: '        (app.health_path, 1, app.ready_seconds, "app.livePath"),\n',
      replace: "",
    },
    {
      name: "a failed stage leaves its rehearsal",
      file: "staging.py",
      find: "[lambda: stop_leftover(self.context), lambda: self.record_bad(error)]",
      replace: "[lambda: self.record_bad(error)]",
    },
    {
      name: "a failed stage leaves half a release",
      file: "staging.py",
      find: "[self.release.discard] if self.release else []",
      replace: "[]",
    },
    {
      name: "secrets are shown in stage",
      file: "staging.py",
      find: "    context.report.redactor.add(request.secret_values())\n",
      replace: "",
    },
    {
      name: "a state is there to be activated before its files are on the disk",
      file: "staging.py",
      find: "        os.sync()\n        replace(self.plan, delivery=delivery).save()\n",
      replace: "        replace(self.plan, delivery=delivery).save()\n        os.sync()\n",
    },
    {
      name: "staged secrets are open to readers",
      file: "staging.py",
      find: "make_folder(self.context.paths.staged, 0o700)",
      replace: "make_folder(self.context.paths.staged)",
    },
  ]),
];
