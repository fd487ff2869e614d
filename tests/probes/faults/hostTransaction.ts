import { group, type Probe } from "../probe";

// The quick ones first: the first that fails ends the run.
const transaction = ["test_secrecy", "test_activation", "test_undo", "test_trial", "test_return_to_confirmed"];

/** The host program's transactions: activation, undo, confirmation. */
export const hostTransaction: readonly Probe[] = [
  ...group({ python: transaction }, [
    {
      name: "failure after the proof is undone",
      file: "activation.py",
      find: "        elif not self.proven:",
      replace: "        else:",
    },
    {
      name: "failure before the proof is not undone",
      file: "activation.py",
      find: "        elif not self.proven:",
      replace: "        elif self.proven:",
    },
    {
      name: "a failure before anything changed leaves the lease",
      file: "activation.py",
      find: "            lease.restore(self.context.paths, self.former)\n        elif",
      replace: "            pass\n        elif",
    },
    {
      name: "the slot is not checked before it serves",
      file: "slot_switch.py",
      find: "            prove_slot(self.context, self.app, str(self.new))\n",
      replace: "            pass\n",
    },
    {
      name: "the host is not checked after the switch",
      file: "activation.py",
      find: "        prove_host(self.context, self.plan, self.switch.new)\n",
      replace: "",
    },
    {
      name: "the way of visitors is not checked",
      file: "activation.py",
      find: '        if self.trigger.command == "activate":\n            prove_way',
      replace: '        if self.trigger.command == "never":\n            prove_way',
    },
    {
      name: "a switch on trial counts as confirmed",
      file: "activation.py",
      find: "        if self.final:\n            record = record.confirming",
      replace: "        if True:\n            record = record.confirming",
    },
    {
      name: "the lease ends with the switch",
      file: "activation.py",
      find: "        if self.final:\n            lease.clear",
      replace: "        if True:\n            lease.clear",
    },
    {
      name: "the lease is kept after a final switch",
      file: "activation.py",
      find: "            lease.clear(self.context.paths)\n",
      replace: "            pass\n",
    },
    {
      name: "a lease goes back to what is not kept",
      file: "activation.py",
      find: "if find_restorable(self.context, confirmed.key) is not None:",
      replace: "if True:",
    },
    {
      name: "a lease without the program that ends it",
      file: "activation.py",
      find: "        install_program(self.context, self.program)\n        lease.Lease.begin",
      replace: "        lease.Lease.begin",
    },
    {
      name: "a way back clears what is staged",
      file: "activation.py",
      find: '        if self.trigger.command == "activate":\n            retention',
      replace: "        if True:\n            retention",
    },
    {
      name: "a closed door keeps the slot",
      file: "slot_switch.py",
      find: "keeps = serves and systemd.is_active(slots.SHARED_SOCKET) and not fresh",
      replace: "keeps = serves and not fresh",
    },
    {
      name: "a flip is not noted",
      file: "activation.py",
      find: 'self.files.mark(*(["systemd"] if self.switch.flips else []))',
      replace: "self.files.mark()",
    },
    {
      name: "the old slot goes on running",
      file: "slot_switch.py",
      find: "            slots.stop(slots.other(self.new), self.app.drain_seconds)\n",
      replace: "            pass\n",
    },
    {
      name: "the boot starts the old slot",
      file: "slot_switch.py",
      find: "        if self.app is not None and (slots.enable_only(str(self.new)) or self.flips or others):",
      replace: "        if self.app is not None and self.flips:",
    },
    {
      name: "the shared socket does not start at boot",
      file: "slot_switch.py",
      find: "            systemd.enable(slots.SHARED_SOCKET)\n",
      replace: "            pass\n",
    },
    {
      name: "a failed call leaves its word about nothing",
      file: "activation.py",
      find: "            record = record.withdrawing(trigger.withdrawn, trigger.command, trigger.why)\n",
      replace: "            pass\n",
    },
    {
      name: "secrets are shown in activate",
      file: "activate.py",
      find: "    redact_secrets(context, plan)\n",
      replace: "",
    },
    {
      name: "secret files are shown in activate",
      file: "secret_redaction.py",
      find: '    context.report.redactor.add(plan.content(file).decode(errors="replace") for file in plan.secret_files)\n',
      replace: "",
    },
    {
      name: "secrets of the slot that serves are shown",
      file: "secret_redaction.py",
      find: "{plan.revision, *(slots.revision(context.paths, slot) for slot in slots.SLOTS)}",
      replace: "{plan.revision}",
    },
    {
      name: "undo stops the only running slot",
      file: "undo.py",
      find: "            if not (alone and systemd.is_active(slots.service(self.new))):\n                slots.stop",
      replace: "            if True:\n                slots.stop",
    },
    {
      name: "undo leaves both slots running",
      file: "undo.py",
      find: "            if not (alone and systemd.is_active(slots.service(self.new))):\n                slots.stop",
      replace:
        "            if not alone:\n                pass\n            elif not systemd.is_active(slots.service(self.new)):\n                slots.stop",
    },
    {
      name: "undo ends at its first fault",
      file: "undo.py",
      find: '                self.faults += [f"undo: {name}: {found.message}", *found.evidence]\n',
      replace:
        '                self.faults += [f"undo: {name}: {found.message}", *found.evidence]\n                raise\n',
    },
    {
      name: "half an undo is settled",
      file: "undo.py",
      find: "if self.change is not None and not self.faults:",
      replace: "if self.change is not None:",
    },
    {
      name: "half an undo ends the lease",
      file: "undo.py",
      find: "        if not self.faults:\n            lease.restore",
      replace: "        if True:\n            lease.restore",
    },
    {
      name: "undo does not check what it brought back",
      file: "undo.py",
      find: "            prove_host(self.context, self.target, self.old)\n",
      replace: "            pass\n",
    },
    {
      name: "undo does not start the old slot",
      file: "undo.py",
      find: "            slots.start(self.context, self.old, self.app.start_seconds)\n",
      replace: "",
    },
    {
      name: "undo brings back what nobody proved",
      file: "undo.py",
      find: "self.old = old if record.current else None",
      replace: "self.old = old",
    },
    {
      name: "an interrupted call blames the release",
      file: "undo.py",
      find: "if not isinstance(failure, Interrupted) and self.trigger",
      replace: "if self.trigger",
    },
    {
      name: "a failed restart blames the release",
      file: "undo.py",
      find: " and self.trigger.command not in (HEAL, RESTART):",
      replace: ":",
    },
    {
      name: "undo keeps files of a host that had none",
      file: "undo.py",
      find: "            self.change = FileChange(self.context, None)\n            self.change.mark()\n            self.change.remove()\n",
      replace: "            pass\n",
    },
    {
      name: "undo writes a secret into the history",
      file: "undo.py",
      find: "why = self.context.report.redactor.clean(failure.message)",
      replace: "why = failure.message",
    },
    {
      name: "undo does not publish the former static files",
      file: "undo.py",
      find: "                assets.publish(self.context, Release(self.context, self.target.release))\n",
      replace: "                pass\n",
    },
    {
      name: "a killed confirm is not cleared",
      file: "return_to_confirmed.py",
      find: "        lease.clear(context.paths)\n        return None\n",
      replace: "        return armed\n",
    },
    {
      name: "the timer waits for the lock",
      file: "return_to_confirmed.py",
      find: "with lock.held(context, wait_seconds=0):",
      replace: "with lock.held(context, wait_seconds=3):",
    },
    {
      name: "a failed way back is tried at once again",
      file: "return_to_confirmed.py",
      find: "        armed.postponed(Clock.read()).save(context.paths)\n",
      replace: "",
    },
    {
      name: "a lease of before the boot goes on",
      file: "return_to_confirmed.py",
      find: "                armed.in_boot(clock).save(context.paths)\n",
      replace: "                pass\n",
    },
    {
      name: "confirm ignores pending effects",
      file: "confirmation.py",
      find: " or Manifest.load(paths).pending:",
      replace: ":",
    },
    {
      name: "confirm ignores a dead slot",
      file: "confirmation.py",
      find: "            and systemd.is_active(slots.service(live))\n",
      replace: "",
    },
    {
      name: "confirm ignores another revision",
      file: "confirmation.py",
      find: "            and slots.revision(paths, live) == self.plan.revision\n",
      replace: "",
    },
    {
      name: "confirm keeps what did not come again",
      file: "confirmation.py",
      find: '            bring_about(self.context, self.plan, self.program, Trigger("activate", self.plan.author))\n',
      replace: "            pass\n",
    },
    {
      name: "the lease ends before the state is kept",
      file: "steps.py",
      find: '"keep", "end-lease"),',
      replace: '"end-lease", "keep"),',
    },
    {
      name: "the record is written before the host is checked",
      file: "steps.py",
      find: '        "verify-health",\n        "admit-balancer",\n        "settle",\n        "record",\n',
      replace: '        "admit-balancer",\n        "settle",\n        "record",\n        "verify-health",\n',
    },
    {
      name: "the old slot stops before the new one serves",
      file: "steps.py",
      find: '        "switch-live",\n        "enable-live",\n        "stop-old",\n',
      replace: '        "stop-old",\n        "switch-live",\n        "enable-live",\n',
    },
  ]),
];
