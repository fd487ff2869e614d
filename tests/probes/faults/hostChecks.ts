import { group, type Probe } from "../probe";

/** What the host program checks: systemd, gates, telemetry, checks. */
export const hostChecks: readonly Probe[] = [
  ...group({ python: ["test_facts", "test_errors", "test_drain"] }, [
    {
      name: "a disk below a folder of ours is not looked at",
      file: "facts.py",
      find: 'PATHS["application"], PATHS["state"], PATHS["data"])',
      replace: 'PATHS["state"], PATHS["data"])',
    },
    { name: "a full disk is told in words of Python", file: "errors.py", find: "errno.ENOSPC, ", replace: "" },
    {
      name: "hosts that left are out for work for ever",
      file: "drain.py",
      find: "marked = _of_hosts(context, marks.load(context.paths))",
      replace: "marked = marks.load(context.paths)",
    },
  ]),
  ...group({ python: ["test_systemd", "test_programs"] }, [
    {
      name: "a unit without an answer counts as stopped",
      file: "systemd.py",
      find: 'dict.fromkeys(units, "unknown")',
      replace: 'dict.fromkeys(units, "inactive")',
    },
    { name: "a program outlives its limit", file: "processes.py", find: "            timeout=seconds,\n", replace: "" },
    {
      name: "a program gets the caller's environment",
      file: "processes.py",
      find: 'env={"PATH": SEARCH_PATH,',
      replace: 'env={**os.environ, "PATH": SEARCH_PATH,',
    },
    {
      name: "a program outlives a killed call",
      file: "processes.py",
      find: '["setpriv", "--pdeathsig", "KILL", "--"] if ends_with_us else []',
      replace: "[]",
    },
  ]),
  ...group({ python: ["test_gate", "test_probe", "test_probe_tls"] }, [
    {
      name: "the hosts of a batch are asked one after another",
      file: "gate.py",
      find: "        for thread in threads:\n            thread.start()\n        for thread in threads:\n            thread.join()\n",
      replace: "        for host in self.hosts:\n            attempt(*host)\n",
    },
    {
      name: "a host of a batch that fails passes its gate",
      file: "gate.py",
      find: "                raise failures[name]\n",
      replace: "                pass\n",
    },
    {
      name: "hosts are checked with what is only staged",
      file: "gate.py",
      find: "return self.live or Front.staged(self.plan)",
      replace: "return Front.staged(self.plan)",
    },
    {
      name: "the site is not requested",
      file: "gate.py",
      find: "        if self.live is None or self.shared_name is None or _has_ended(certificate):\n            return False\n",
      replace: "        return False\n",
    },
    {
      name: "a certificate of the site that has ended keeps its successor away",
      file: "gate.py",
      find: " or _has_ended(certificate):",
      replace: ":",
    },
    {
      name: "one answer lets a host through",
      file: "gate.py",
      find: "probe.until(send, expect, self.probes, SECONDS)",
      replace: "probe.until(send, expect, 1, SECONDS)",
    },
    {
      name: "good answers need not be in a row",
      file: "probe.py",
      find: "in_a_row + 1 if _fits(answer.status, expect) else 0",
      replace: "in_a_row + 1 if _fits(answer.status, expect) else in_a_row",
    },
    {
      name: "a misdirected request counts as an answer",
      file: "probe.py",
      find: "0 < status < 500 and status != 421",
      replace: "0 < status < 500",
    },
    {
      name: "any certificate will do",
      file: "probe.py",
      find: "    context.verify_flags &= ~ssl.VERIFY_X509_STRICT\n    return context\n\n\ndef trust",
      replace:
        "    context.check_hostname = False\n    context.verify_mode = ssl.CERT_NONE\n    return context\n\n\ndef trust",
    },
    {
      name: "any name of a host will do",
      file: "probe.py",
      find: "    context = ssl.create_default_context(cafile=str(authority))\n",
      replace: "    context = ssl.create_default_context(cafile=str(authority))\n    context.check_hostname = False\n",
    },
  ]),
  ...group({ python: ["test_telemetry", "test_logs"] }, [
    {
      name: "half a line is sent",
      file: "access_log.py",
      find: '        if not line.endswith(b"\\n"):\n            return\n',
      replace: "",
    },
    {
      name: "the rotated log is not read to its end",
      file: "access_log.py",
      find: "for stream in (rotated, current):",
      replace: "for stream in (current,):",
    },
    {
      name: "a batch is a byte too large",
      file: "events.py",
      find: "size + event.size > BATCH_BYTES",
      replace: "size + event.size > BATCH_BYTES + 1",
    },
    {
      name: "overhead of an event is not counted",
      file: "events.py",
      find: 'len(self.message.encode(errors="replace")) + OVERHEAD_BYTES',
      replace: 'len(self.message.encode(errors="replace"))',
    },
    {
      name: "a line is lost when it is refused",
      file: "cycle.py",
      find: '            cloud.put_events(kind, batch)\n            write_json(place, {"format": FORMAT, "position": batch[-1].position})\n',
      replace:
        '            write_json(place, {"format": FORMAT, "position": batch[-1].position})\n            cloud.put_events(kind, batch)\n',
    },
    {
      name: "one measure that fails hides the others",
      file: "telemetry/metrics.py",
      find: "        except Exception as error:",
      replace: "        except ZeroDivisionError as error:",
    },
  ]),
  ...group({ python: ["test_checks", "test_preflight", "test_ports", "test_certificates"] }, [
    {
      name: "a check that cannot be made is no finding",
      file: "examination.py",
      find: '        yield Difference(f"check of {name}"',
      replace: '        error and Difference(f"check of {name}"',
    },
    {
      name: "a certificate that ends tomorrow is fine",
      file: "checks/certificates.py",
      find: "OWN_DAYS = 7",
      replace: "OWN_DAYS = 1",
    },
    {
      name: "only the first certificate of a file is looked at",
      file: "checks/certificates.py",
      find: "            for certificate in _read(context, plan, file):",
      replace: "            for certificate in _read(context, plan, file)[:1]:",
    },
    {
      name: "a placeholder that was replaced long ago ends",
      file: "checks/certificates.py",
      find: "written_here = file.effect == AGENT and live.is_file()",
      replace: "written_here = False",
    },
    {
      name: "a certificate of others is told of as late as our own",
      file: "checks/certificates.py",
      find: "OTHER_DAYS = 21",
      replace: "OTHER_DAYS = 7",
    },
    {
      name: "any listener is fine",
      file: "ports.py",
      find: "    if strange and listens.only_ones:",
      replace: "    if False:",
    },
    {
      name: "masked units may be started again",
      file: "units.py",
      find: "    yield from _masked(plan)\n",
      replace: "",
    },
    {
      name: "root as the user of the application is fine",
      file: "accounts.py",
      find: "    if user.pw_uid == 0:",
      replace: "    if user.pw_uid < 0:",
    },
    {
      name: "what sshd is not to offer is no finding",
      file: "checks/system.py",
      find: '    if not wanted.startswith("-"):\n        return found == wanted\n',
      replace: '    if wanted.startswith("-"):\n        return True\n',
    },
    {
      name: "sshd lines of others have the last word",
      file: "system.py",
      find: "    yield from _sshd(context, plan)\n",
      replace: "",
    },
    {
      name: "a drop-in of others is no finding",
      file: "strays.py",
      find: "if path not in known and not path.endswith(DELIBERATE):",
      replace: "if False:",
    },
  ]),
];
