import { group, type Probe } from "../probe";

/** What a host keeps of itself: kernel, journal, clock, and the sandbox of what brings it back. */
export const hostUpkeep: readonly Probe[] = [
  ...group({ python: ["test_checks"] }, [
    {
      name: "a clock that nobody keeps right is not told",
      file: "checks/system.py",
      find: "    yield from clock_differences()\n",
      replace: "",
    },
    {
      name: "a container is blamed for the clock of its computer",
      file: "checks/system.py",
      find: "check=False).returncode == 0:\n        return",
      replace: "check=False).returncode == 9:\n        return",
    },
    {
      name: "what a container may not set is a difference",
      file: "kernel_settings.py",
      find: " if os.access(place, os.W_OK) else None",
      replace: "",
    },
  ]),
  ...group({ python: ["test_effects", "test_preflight"] }, [
    {
      name: "the journal takes its limit at the next boot",
      file: "effects.py",
      find: "        systemd.restart(JOURNAL_UNIT)\n",
      replace: "",
    },
    {
      name: "a way back needs the right to mount",
      file: "nginx_check.py",
      find: "    if isolation.is_possible():\n        _check(context, context.paths.units, [])",
      replace: "    _check(context, context.paths.units, [])",
    },
    {
      name: "a sandbox is taken for one with the right to mount",
      file: "isolation.py",
      find: "return bool(rights >> MAY_MOUNT & 1)",
      replace: "return bool(rights)",
    },
  ]),
];
