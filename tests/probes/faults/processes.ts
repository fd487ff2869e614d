import { group, type Probe } from "../probe";

/** Processes beside the slots: their units, on which hosts they run, and their part in a switch. */
export const processes: readonly Probe[] = [
  ...group({ jest: ["unit/processes.test.ts"] }, [
    {
      name: "a process listens on the slot's socket",
      file: "contract.json",
      find: "Type|NotifyAccess|Sockets|",
      replace: "Type|NotifyAccess|",
    },
    {
      name: "a process finds the release of no slot",
      file: "app/slotLines.ts",
      find: '    .replaceAll("%i", slot);',
      replace: ";",
    },
    {
      name: "a process may fill the memory of a slot",
      file: "app/processes.ts",
      find: "const own = { memoryMegabytes, temporaryMegabytes: null,",
      replace: "const own = { temporaryMegabytes: null,",
    },
    {
      name: "a host that is left out keeps what runs once from all others",
      file: "hosts/processPlan.ts",
      find: "const takingPart = names.filter((name) => !leftOut.includes(name));",
      replace: "const takingPart = names.filter((name) => !leftOut.includes(`not ${name}`));",
    },
    {
      name: "two of what runs once may run in a switch",
      file: "hosts/processes.ts",
      find: 'return (hosts === "first" || hosts === 1) && instances === 1;',
      replace: 'return hosts === "all" && instances === 1;',
    },
    {
      name: "hosts with and without a process get one bundle",
      file: "hosts/processPlan.ts",
      find: "filter((each) => !everywhere[kind].includes(each)),",
      replace: "filter((each) => everywhere[kind].includes(`not ${each}`)),",
    },
    {
      name: "a host has memory for one release of its processes",
      file: "hosts/processes.ts",
      find: "(runsAlone(process) ? 1 : 2) *",
      replace: "1 *",
    },
    {
      name: "a lease ends while processes finish their jobs",
      file: "hosts/contents.ts",
      find: " + processSeconds(settings.app, plan.processes)",
      replace: "",
    },
  ]),
  ...group({ python: ["transaction/test_processes"] }, [
    {
      name: "old processes go on beside the new ones",
      file: "transaction/activation.py",
      find: '"stop-processes": lambda: self.processes.keep_only(self.switch.new),',
      replace: '"stop-processes": lambda: None,',
    },
    {
      name: "what runs once starts before its former self has ended",
      file: "process_switch.py",
      find: "self._start(processes.units(self.app, slot, alone=False))",
      replace: "self._start(processes.units(self.app, slot))",
    },
    {
      name: "what runs once starts on a host while another one has it",
      file: "process_switch.py",
      find: " if processes.name_of(each) not in waiting])",
      replace: "])",
    },
    {
      name: "what waited for the confirmation never starts",
      file: "confirmation.py",
      find: "ProcessSwitch(self.context, self.plan).start_all(",
      replace: "ProcessSwitch(self.context, self.plan).start_beside(",
    },
    {
      name: "processes of a release that failed go on",
      file: "transaction/undo.py",
      find: '"stop-new-processes": lambda: self.processes.keep_only(self.old),',
      replace: '"stop-new-processes": lambda: None,',
    },
    {
      name: "a way back leaves processes of before stopped",
      file: "transaction/undo.py",
      find: '"start-old-processes": lambda: self.processes.bring_back(self.old),',
      replace: '"start-old-processes": lambda: None,',
    },
    {
      name: "a killed call leaves processes of both slots",
      file: "transaction/activation.py",
      find: "        self.processes.clear(self.switch.old)\n",
      replace: "",
    },
    {
      name: "a process that leaves the settings goes on",
      file: "apply/file_change.py",
      find: "        self._end_processes()\n",
      replace: "",
    },
    {
      name: "a process does not start at boot",
      file: "transaction/activation.py",
      find: "self.switch.enable_live(self.processes.enable(self.switch.new))",
      replace: "self.switch.enable_live()",
    },
    {
      name: "a process that does not run is no difference",
      file: "checks/units.py",
      find: "    if wanted:\n        yield from _run(wanted)\n",
      replace: "",
    },
    {
      name: "a process goes on with a replaced library",
      file: "apply/drift.py",
      find: "{slots.service(live), *processes.units(plan.description.app, live)}",
      replace: "{slots.service(live)}",
    },
  ]),
  ...group({ jest: ["unit/schedules.test.ts"] }, [
    {
      name: "a change of a schedule starts a new slot",
      file: "app/schedules.ts",
      find: '      effect: "systemd" as const,\n',
      replace: "",
    },
    {
      name: "every host has the schedules",
      file: "hosts/processes.ts",
      find: "return host === names[0] ? Object.keys(schedules).sort() : [];",
      replace: "return names.includes(host) ? Object.keys(schedules).sort() : [];",
    },
    {
      name: "a schedule at no time is accepted",
      file: "hosts/calendars.ts",
      find: "return error === undefined && status !== 0;",
      replace: "return error !== undefined && status !== 0;",
    },
  ]),
  ...group({ python: ["transaction/test_schedules"] }, [
    {
      name: "runs that begin have the release of before",
      file: "transaction/activation.py",
      find: "        schedules.choose_revision(self.context, self.plan)\n",
      replace: "",
    },
    {
      name: "runs have a release that failed",
      file: "transaction/undo.py",
      find: "            schedules.choose_revision(self.context, self.target or self.failed)\n",
      replace: "",
    },
    {
      name: "a schedule starts on a host while another one has it",
      file: "transaction/activation.py",
      find: "return self._new(schedules.timers)",
      replace: "return set()",
    },
    {
      name: "a schedule that waited for the confirmation never starts",
      file: "confirmation.py",
      find: "        schedules.start(self.plan.description.app)\n",
      replace: "",
    },
    {
      name: "the revision of a run is removed",
      file: "retention.py",
      find: ", slots.SCHEDULED)",
      replace: ")",
    },
    {
      name: "a run that failed is no difference",
      file: "checks/units.py",
      find: "        if outcome is not None:\n",
      replace: "        if outcome is None:\n",
    },
  ]),
  ...group({ python: ["units/test_processes"] }, [
    {
      name: "a process that systemd started again counts as one that stayed",
      file: "units/processes.py",
      find: ' or facts[each].get("MainPID") != first[each].get("MainPID"):',
      replace: ":",
    },
    {
      name: "a process that ends is not waited for",
      file: "units/processes.py",
      find: "    _prove_steady(context, app.processes, waiting)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_program_check"] }, [
    {
      name: "a file that cannot be run is a program",
      file: "program_check.py",
      find: 'return shutil.which(release / "app" / program) is not None',
      replace: 'return (release / "app" / program).exists()',
    },
    {
      name: "a host takes times that its systemd does not know",
      file: "program_check.py",
      find: "    if done.returncode != 0:\n",
      replace: "    if done.returncode < 0:\n",
    },
  ]),
];
