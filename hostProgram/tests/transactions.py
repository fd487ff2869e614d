"""A host for tests of transactions: the service manager only remembers, and each test says what answers."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any
from unittest import mock

from bundles import APP, description
from fake_systemd import FakeSystemd
from portico_host.base import durable, steps
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.nginx import nginx_reload
from portico_host.preflight import nginx_check
from portico_host.release import own_folders, revisions
from portico_host.state import lease
from portico_host.state.lease import Clock
from portico_host.state.manifest import Manifest
from portico_host.state.plan import Plan
from portico_host.state.record import Record
from portico_host.state.trigger import Author
from portico_host.system import firewall
from portico_host.transaction import activate, activation, slot_switch, undo
from portico_host.units import evidence, processes, slots
from support import GROUP, OWNER, HostCase, printed

NGINX = "portico-nginx.service"
SOCKET = "portico-app.socket"
TIMER = "portico-lease.timer"
CONFIGURATION = "/etc/portico/nginx/nginx.conf"
RULES = "/etc/portico/firewall.nft"
PROCESS = {"instances": 1, "alone": False, "steadySeconds": 0, "program": "celery"}


class Killed(BaseException):
    """The end of a process without a word; nothing of it is undone."""


class TransactionCase(HostCase):
    """Slots in `bad_slots` and hosts in `bad_hosts`, by revision, do not answer. `clock` is the time that leases see.

    What is staged while there are `rules` has a firewall with them.
    """

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.program = self.root / "home/portico/web-1.pyz"
        self.program.parent.mkdir(parents=True)
        self.program.write_text("program")
        self.bad_slots: set[str] = set()
        self.bad_hosts: set[str] = set()
        self.rules: str | None = None
        self.clock = Clock(wall=1_000_000, boot="first", running=500)
        self.enter(self.systemd.in_charge())
        self.enter(mock.patch.object(lease.Clock, "read", lambda: self.clock))
        # Many cases, none of which cuts the power.
        self.enter(mock.patch.object(durable.os, "fsync"))
        # The folders of a host belong to root; those of a test to whoever runs it.
        self.enter(mock.patch.object(own_folders, "ROOT", (OWNER, GROUP)))
        for target, replacement in (
            ((slot_switch, "prove_slot"), self.prove_slot),
            ((undo, "prove_slot"), self.prove_slot),
            ((activation, "prove_host"), self.prove_host),
            ((undo, "prove_host"), self.prove_host),
            ((activation, "prove_way"), lambda context, plan, slot: None),
            ((processes, "at_boot"), self.processes_at_boot),
            ((nginx_check, "check_live"), lambda context: None),
            ((nginx_reload, "reload_nginx"), lambda paths: self.systemd.reload(NGINX)),
            ((evidence, "of_unit"), lambda context, unit: [f"unit: {unit}"]),
        ):
            self.enter(mock.patch.object(*target, replacement))
        self.text = self.enter(printed())

    def wait(self, seconds: float) -> None:
        self.clock = Clock(self.clock.wall + seconds, self.clock.boot, self.clock.running + seconds)

    def enter(self, manager: Any) -> Any:
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        return stack.enter_context(manager)

    def processes_at_boot(self, _context: Any) -> list[str]:
        return sorted(unit for unit in self.systemd.enabled if unit.startswith(processes.START))

    def prove_slot(self, _context: Any, _app: Any, slot: str) -> None:
        self.systemd.calls.append(f"prove {slot}")
        if slots.revision(self.paths, slot) in self.bad_slots:
            raise HostError(f"{slot} GET /readyz: got 500")

    def prove_host(self, _context: Any, plan: Plan, slot: str | None) -> None:
        self.systemd.calls.append("prove host")
        if plan.revision in self.bad_hosts or (slot and slots.revision(self.paths, slot) in self.bad_hosts):
            raise HostError("health https://127.0.0.1:8443/healthz: got 502")

    def stage(
        self,
        number: int,
        configuration: str = "events {}\n",
        key: str | None = None,
        more: dict[str, str] | None = None,
        workers: dict[str, dict[str, Any]] | None = None,
        times: tuple[str, ...] = (),
    ) -> Plan:
        """What `stage` leaves for release number `number`; the key is the number too, when none is given.

        `workers` are processes of the application by name, with what differs from one that runs once on each host, `times`
        its schedules.
        """
        files = {CONFIGURATION: configuration, "/opt/portico/revision/environment": "", **(more or {})}
        units = [SOCKET, TIMER, NGINX]
        if self.rules is not None:
            files[RULES] = self.rules
            units.append(firewall.UNIT)
        for name in workers or {}:
            files |= {f"/etc/systemd/system/portico-process-{name}-{slot}@.service": name for slot in slots.SLOTS}
        for name in times:
            files |= {f"/etc/systemd/system/portico-schedule-{name}.{kind}": name for kind in ("service", "timer")}
            units.append(f"portico-schedule-{name}.timer")
        at_times = [{"name": name, "calendar": "daily", "program": "true"} for name in times]
        app = APP | {
            "schedules": at_times,
            "processes": [{"name": name, **PROCESS, **each} for name, each in (workers or {}).items()],
        }
        value = description(files, app, maskedUnits=["nginx.service"], enabledUnits=units)
        folder = self.paths.staged / (key or f"{number:08x}")
        for path, content in files.items():
            place = folder / "tree" / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        plan = Plan(
            folder.name, f"r{number}", f"v{number}", Description.read(value), value, (), folder, Author("ann", "c0ffee")
        )
        release = self.paths.releases / f"r{number}"
        (release / "app/static").mkdir(parents=True, exist_ok=True)
        (release / "app/static/release.txt").write_text(str(number))
        (release / "release.json").write_text(json.dumps({"id": f"r{number}", "staticFolder": "static"}))
        revisions.write(self.context, plan, {})
        plan.save()
        return plan

    def activate(self, number: int, configuration: str = "events {}\n", lease: int | None = None) -> dict[str, Any]:
        plan = self.stage(number, configuration)
        self.systemd.calls.clear()
        return activate.activate(self.context, {**plan.result(), "leaseSeconds": lease}, self.program)

    def expect_failure(self, number: int, configuration: str = "events {}\n", lease: int | None = None) -> HostError:
        with self.assertRaises(HostError) as caught:
            self.activate(number, configuration, lease)
        return caught.exception

    @contextlib.contextmanager
    def killed_at(self, step: str) -> Iterator[None]:
        """The process ends right before a step, as with PORTICO_KILL_AT, and goes no further."""

        def reach(command: str, name: str) -> None:
            if f"{command}:{name}" == step:
                raise Killed

        with mock.patch.object(steps, "reach", reach), self.assertRaises(Killed):
            yield

    @property
    def record(self) -> Record:
        return Record.load(self.paths)

    def assert_serves(self, number: int, slot: str) -> None:
        """Release `number` in `slot` is all that runs, starts at boot, is recorded, and has its files."""
        service = f"portico-app@{slot}.service"
        self.assertEqual(
            {unit for unit in self.systemd.active if "@" in unit}, {service, f"portico-probe@{slot}.socket"}
        )
        self.assertEqual(self.systemd.enabled - {firewall.UNIT}, {service, SOCKET, TIMER, NGINX})
        self.assertLessEqual({SOCKET, TIMER, NGINX}, self.systemd.active)
        self.assertEqual((slots.live(self.paths), slots.revision(self.paths, slot)), (slot, f"v{number}"))
        current = Record.load(self.paths).current
        self.assertEqual((current.release, current.slot) if current else None, (f"r{number}", slot))
        self.assertEqual(Manifest.load(self.paths).pending, frozenset())
        self.assertEqual((self.paths.assets / "release.txt").read_text(), str(number))
