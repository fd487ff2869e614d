import { group, type Probe } from "../probe";

/** Leases, bans of a rollback, slots and the lock. */
export const hostSlots: readonly Probe[] = [
  ...group({ python: ["test_rollback_ban"] }, [
    {
      name: "what an operator took back is activated",
      file: "activate.py",
      find: "        rollback_ban.refuse_banned(context, plan)\n",
      replace: "",
    },
    {
      name: "confirm brings back what was taken back",
      file: "confirmation.py",
      find: "        rollback_ban.refuse_banned(context, plan)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_lease", "test_return_to_confirmed"] }, [
    {
      name: "a lease ends a second late",
      file: "lease.py",
      find: "return clock.wall >= self.deadline or",
      replace: "return clock.wall > self.deadline or",
    },
    {
      name: "a clock that was set back prolongs a lease",
      file: "lease.py",
      find: "return clock.wall >= self.deadline or (clock.boot == self.boot and clock.running >= self.limit)",
      replace: "return clock.wall >= self.deadline",
    },
    {
      name: "the running clock of another boot ends a lease",
      file: "lease.py",
      find: "(clock.boot == self.boot and clock.running >= self.limit)",
      replace: "clock.running >= self.limit",
    },
    {
      name: "a clock in the past prolongs a lease after a boot",
      file: "lease.py",
      find: "min(max(self.deadline - clock.wall, 0), self.seconds)",
      replace: "max(self.deadline - clock.wall, 0)",
    },
    {
      name: "attempts follow each other at one pace",
      file: "lease.py",
      find: "min(RETRY_SECONDS * 2**self.attempts, LONGEST_RETRY_SECONDS)",
      replace: "RETRY_SECONDS",
    },
    {
      name: "attempts wait longer and longer",
      file: "lease.py",
      find: "min(RETRY_SECONDS * 2**self.attempts, LONGEST_RETRY_SECONDS)",
      replace: "RETRY_SECONDS * 2**self.attempts",
    },
    {
      name: "a lease may be longer than an hour",
      file: "lease.py",
      find: '"leaseSeconds", 1, LONGEST_SECONDS',
      replace: '"leaseSeconds", 1, 2 * LONGEST_SECONDS',
    },
  ]),
  ...group({ python: ["test_slots"] }, [
    {
      name: "order of enable and disable of slots",
      file: "slots.py",
      find: "    if missing:\n        systemd.enable(service(slot))\n    if too_many:\n        systemd.disable(service(other(slot)))\n",
      replace:
        "    if too_many:\n        systemd.disable(service(other(slot)))\n    if missing:\n        systemd.enable(service(slot))\n",
    },
    {
      name: "two slots start at boot",
      file: "slots.py",
      find: "    if too_many:\n        systemd.disable(service(other(slot)))\n",
      replace: "",
    },
    {
      name: "slots that changed are not reported",
      file: "slots.py",
      find: "return missing or too_many",
      replace: "return missing",
    },
    {
      name: "a slot starts before its probe socket",
      file: "slots.py",
      find: "systemd.start(probe_unit(slot), service(slot),",
      replace: "systemd.start(service(slot), probe_unit(slot),",
    },
    {
      name: "systemd has no time to say why a start failed",
      file: "slots.py",
      find: "seconds=seconds + MARGIN_SECONDS)",
      replace: "seconds=seconds)",
    },
    { name: "a slow start is called a failure", file: "slots.py", find: '== "timeout"', replace: '== "late"' },
    {
      name: "a first activation that failed leaves the choice",
      file: "slots.py",
      find: "    remove_file(choice(paths))\n",
      replace: "",
    },
    {
      name: "both slots are disabled after they were stopped",
      file: "slots.py",
      find: "        systemd.disable(service(slot))\n        stop(slot, seconds)\n",
      replace: "        stop(slot, seconds)\n        systemd.disable(service(slot))\n",
    },
  ]),
  ...group({ python: ["test_slot_recovery", "test_activation"] }, [
    {
      name: "the named slot survives whatever it has",
      file: "slot_recovery.py",
      find: "if named is not None and slots.revision(context.paths, named) == wanted:",
      replace: "if named is not None:",
    },
    {
      name: "the second slot survives too",
      file: "slot_recovery.py",
      find: "        slots.stop(slots.other(remaining), app.drain_seconds)\n",
      replace: "        pass\n",
    },
    {
      name: "the survivor is not named",
      file: "slot_recovery.py",
      find: "        slots.choose(context.paths, remaining)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_lock"] }, [
    {
      name: "two calls work at once",
      file: "lock.py",
      find: "fcntl.LOCK_EX | fcntl.LOCK_NB",
      replace: "fcntl.LOCK_SH | fcntl.LOCK_NB",
    },
    {
      name: "a call waits for the lock for ever",
      file: "lock.py",
      find: "if time.monotonic() >= limit:",
      replace: "if False:",
    },
    {
      name: "the lock is not given back after an error",
      file: "lock.py",
      find: "    finally:\n        os.close(descriptor)\n",
      replace: "    except OSError:\n        os.close(descriptor)\n",
    },
    {
      name: "the lock names a holder that ended",
      file: "lock.py",
      find: "            yield\n        finally:\n            os.ftruncate(descriptor, 0)\n",
      replace: "            yield\n        finally:\n            pass\n",
    },
    { name: "everyone reads the lock", file: "lock.py", find: "os.O_CLOEXEC, 0o600)", replace: "os.O_CLOEXEC, 0o644)" },
  ]),
];
