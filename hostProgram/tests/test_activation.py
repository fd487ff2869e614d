import contextlib
import json
from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from fake_systemd import FakeSystemd
from support import HostCase, printed

from portico_host import activation, effects, evidence, nginx_check, revisions, slots, undo
from portico_host.bundle import Description
from portico_host.errors import HostError, Interrupted
from portico_host.manifest import Manifest
from portico_host.plan import Plan
from portico_host.record import Record

NGINX = "portico-nginx.service"
SOCKET = "portico-app.socket"
CONFIGURATION = "/etc/portico/nginx/nginx.conf"


class ActivationTest(HostCase):
    """The transaction, with a service manager that only remembers, and answers as each test wants them."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.program = self.root / "home/portico/web-1.pyz"
        self.program.parent.mkdir(parents=True)
        self.program.write_text("program")
        self.bad_slots: set[str] = set()
        self.bad_hosts: set[str] = set()
        self.enter(self.systemd.in_charge())
        for target, replacement in (
            ((activation, "prove_slot"), self.prove_slot),
            ((undo, "prove_slot"), self.prove_slot),
            ((activation, "prove_host"), self.prove_host),
            ((undo, "prove_host"), self.prove_host),
            ((nginx_check, "check_live"), lambda context: None),
            ((effects, "_reload_nginx"), self.systemd.reload),
            ((evidence, "of_unit"), lambda context, unit: [f"unit: {unit}"]),
        ):
            self.enter(mock.patch.object(*target, replacement))
        self.text = self.enter(printed())

    def enter(self, manager: Any) -> Any:
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        return stack.enter_context(manager)

    def prove_slot(self, _context: Any, _app: Any, slot: str) -> None:
        self.systemd.calls.append(f"prove {slot}")
        if slots.revision(self.paths, slot) in self.bad_slots:
            raise HostError(f"{slot} GET /readyz: got 500")

    def prove_host(self, _context: Any, plan: Plan, slot: str | None) -> None:
        self.systemd.calls.append("prove host")
        if plan.revision in self.bad_hosts or (slot and slots.revision(self.paths, slot) in self.bad_hosts):
            raise HostError("health https://127.0.0.1:8443/healthz: got 502")

    def stage(self, number: int, configuration: str = "events {}\n") -> Plan:
        """What `stage` leaves for release number `number`."""
        files = {CONFIGURATION: configuration, "/opt/portico/revision/environment": ""}
        value = description(files, APP, maskedUnits=["nginx.service"], enabledUnits=[SOCKET, NGINX])
        folder = self.paths.staged / f"{number:08x}"
        for path, content in files.items():
            place = folder / "tree" / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        plan = Plan(folder.name, f"r{number}", f"v{number}", Description.read(value), value, (), folder)
        release = self.paths.releases / f"r{number}"
        (release / "app/static").mkdir(parents=True, exist_ok=True)
        (release / "app/static/release.txt").write_text(str(number))
        (release / "release.json").write_text(json.dumps({"id": f"r{number}", "staticFolder": "static"}))
        revisions.write(self.context, plan, {})
        plan.save()
        return plan

    def activate(self, number: int, configuration: str = "events {}\n") -> dict[str, Any]:
        plan = self.stage(number, configuration)
        self.systemd.calls.clear()
        return activation.activate(self.context, plan.result(), self.program)

    def fail(self, number: int, configuration: str = "events {}\n") -> HostError:  # type: ignore[override]
        with self.assertRaises(HostError) as caught:
            self.activate(number, configuration)
        return caught.exception

    def assert_serves(self, number: int, slot: str) -> None:
        """Release `number` in `slot` is all that runs, starts at boot, is recorded, and has its files."""
        service = f"portico-app@{slot}.service"
        self.assertEqual(
            {unit for unit in self.systemd.active if "@" in unit}, {service, f"portico-probe@{slot}.socket"}
        )
        self.assertEqual(self.systemd.enabled, {service, SOCKET, NGINX})
        self.assertLessEqual({SOCKET, NGINX}, self.systemd.active)
        self.assertEqual((slots.live(self.paths), slots.revision(self.paths, slot)), (slot, f"v{number}"))
        current = Record.load(self.paths).current
        self.assertEqual((current.release, current.slot) if current else None, (f"r{number}", slot))
        self.assertEqual(Manifest.load(self.paths).pending, frozenset())
        self.assertEqual((self.paths.assets / "release.txt").read_text(), str(number))

    def test_the_first_activation_lets_nobody_in_before_the_application_is_there(self) -> None:
        result = self.activate(1)
        self.assert_serves(1, "blue")
        calls = self.systemd.calls
        self.assertLess(calls.index("prove blue"), calls.index(f"restart {NGINX}"))
        self.assertEqual(self.systemd.masked, {"nginx.service"})
        self.assertEqual(result, {
            "role": "web", "release": "r1", "revision": "v1", "slot": "blue",
            "changed": [CONFIGURATION], "restarted": [NGINX], "reloaded": [],
        })  # fmt: skip

    def test_the_same_again_changes_nothing(self) -> None:
        self.activate(1)
        result = self.activate(1)
        self.assertEqual(self.systemd.calls, ["prove blue", "prove host"])
        self.assertEqual((result["changed"], result["restarted"], result["reloaded"]), ([], [], []))
        self.assert_serves(1, "blue")

    def test_a_new_revision_starts_beside_the_old_one_which_stops_last(self) -> None:
        self.activate(1)
        self.activate(2)
        self.assert_serves(2, "green")
        order = ["start portico-app@green.service", "prove green", "stop portico-app@blue.service", "prove host"]
        self.assertEqual([call for call in self.systemd.calls if call in order], order)
        self.assertEqual(self.systemd.did("restart") + self.systemd.did("reload portico"), [])

    def test_changed_files_alone_start_no_slot(self) -> None:
        self.activate(1)
        result = self.activate(1, "events { }\n")
        self.assertEqual(result["reloaded"], [NGINX])
        self.assertEqual(self.systemd.did("start") + self.systemd.did("stop") + self.systemd.did("restart"), [])
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events { }\n")

    def test_a_release_that_does_not_start_leaves_the_old_one_untouched(self) -> None:
        self.activate(1)
        self.systemd.failing.add("portico-app@green.service")
        failure = self.fail(2, "events { }\n")
        self.assert_serves(1, "blue")
        self.assertNotIn("stop portico-app@blue.service", self.systemd.calls)
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
        self.assertIn("undo: release r1 serves as before, and the host is healthy", failure.evidence)

    def test_a_release_that_does_not_answer_leaves_the_old_one_untouched(self) -> None:
        self.activate(1)
        self.bad_slots.add("v2")
        self.assertEqual(self.fail(2).message, "green GET /readyz: got 500")
        self.assert_serves(1, "blue")
        self.assertNotIn("stop portico-app@blue.service", self.systemd.calls)

    def test_a_host_that_is_not_healthy_after_the_flip_goes_back(self) -> None:
        self.activate(1)
        self.bad_hosts.add("v2")
        self.fail(2, "events { }\n")
        self.assert_serves(1, "blue")
        calls = self.systemd.calls
        self.assertLess(calls.index("start portico-app@blue.service"), calls.index("stop portico-app@green.service"))
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")

    def test_a_failure_is_remembered_with_its_reason(self) -> None:
        self.activate(1)
        self.bad_slots.add("v2")
        self.fail(2)
        verdict = Record.load(self.paths).history[-1]
        self.assertEqual((verdict.release, verdict.good, verdict.why), ("r2", False, "green GET /readyz: got 500"))

    def test_a_first_activation_that_fails_leaves_nothing(self) -> None:
        self.bad_hosts.add("v1")
        failure = self.fail(1)
        self.assertEqual((self.systemd.active, self.systemd.enabled), (set(), set()))
        self.assertFalse(self.paths.live("/etc/portico").exists())
        self.assertIsNone(slots.live(self.paths))
        self.assertIn("undo: nothing was active before, and nothing is now", failure.evidence)

    def test_an_interrupted_activation_goes_back_and_blames_nobody(self) -> None:
        self.activate(1)
        with mock.patch.object(activation, "prove_slot", side_effect=Interrupted("signal: got SIGTERM")):
            self.fail(2)
        self.assert_serves(1, "blue")
        self.assertTrue(all(verdict.good for verdict in Record.load(self.paths).history))

    def test_a_full_disk_is_a_failure_like_any_other(self) -> None:
        self.activate(1)
        with mock.patch.object(activation.assets, "publish", side_effect=OSError(28, "No space left on device")):
            failure = self.fail(2)
        self.assertIn("No space left on device", failure.message)
        self.assertEqual(slots.live(self.paths), "blue")

    def test_a_dead_slot_is_replaced_by_the_other_one(self) -> None:
        self.activate(1)
        self.systemd.active -= {"portico-app@blue.service", "portico-probe@blue.socket"}
        self.activate(1)
        self.assert_serves(1, "green")

    def test_a_bad_release_after_a_dead_slot_brings_the_proven_one_back(self) -> None:
        self.activate(1)
        self.systemd.active -= {"portico-app@blue.service", "portico-probe@blue.socket"}
        self.bad_slots.add("v2")
        self.fail(2)
        self.assert_serves(1, "blue")

    def test_a_key_that_was_never_staged_here_is_refused(self) -> None:
        with self.assertRaisesRegex(
            HostError, "staged: got 0123abcd; allowed: a key that `stage` printed on this host"
        ):
            activation.activate(self.context, {"staged": "0123abcd"}, self.program)

    def test_the_program_stays_on_the_host(self) -> None:
        self.activate(1)
        self.assertEqual(self.paths.program.read_text(), "program")
        self.assertEqual(self.paths.command.stat().st_mode & 0o777, 0o755)
        self.assertNotEqual(Path(self.paths.command).read_text().find("portico-host status"), -1)
