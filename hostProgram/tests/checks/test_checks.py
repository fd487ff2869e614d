import json
import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

from portico_host.base.durable import write_json
from portico_host.base.errors import HostError
from portico_host.checks import examination, releases, strays, system
from portico_host.checks.difference import Difference
from portico_host.checks.examination import examine
from portico_host.nginx import nginx_upgrade
from portico_host.probes import host_probe
from portico_host.release import repair, revisions
from portico_host.release.releases import Release
from portico_host.state import lost_archives
from portico_host.state.plan import Plan
from portico_host.system import boot, facts, firewall, kernel_settings, replaced_files
from portico_host.units import slots
from transactions import CONFIGURATION, NGINX, SOCKET, TIMER, TransactionCase

CLOCK_DIFFERENCES = system.clock_differences


def name_by_hand(_context: Any, release: str, _files: Any, secrets: dict[str, str]) -> str:
    return "another" if secrets else release.replace("r", "v")


class CheckCase(TransactionCase):
    """A host with release 1 on it, the facts of its system as the plan has them."""

    def setUp(self) -> None:
        super().setUp()
        self.paths.live("/run/portico").mkdir(parents=True)
        for folder in ("environments", "runtime"):
            getattr(self.paths, folder).mkdir(parents=True, exist_ok=True)
        self.activate(1)
        self.activate(1)
        environment = self.paths.environments / "e1"
        environment.mkdir(exist_ok=True)
        (self.paths.releases / "r1/venv").symlink_to("../../environments/e1")
        (environment / "module.py").write_text("print(1)")
        Release(self.context, "r1").write_missing_checksums()
        platform = {key: str(value) for key, value in self.plan.description.platform.items()}
        self.enter(mock.patch.object(facts, "read_facts", return_value=platform))
        self.enter(mock.patch.object(host_probe, "prove_host"))
        self.enter(mock.patch.object(host_probe, "prove_way"))
        # The revisions of these tests are named by hand, and have no secrets.
        self.enter(mock.patch.object(revisions, "identify", name_by_hand))
        # Accounts and clock are those of the computer that runs the tests.
        self.enter(mock.patch.dict(examination.CHECKS, {"accounts": lambda *_: iter(())}))
        self.enter(mock.patch.object(system, "clock_differences", return_value=[]))

    @property
    def plan(self) -> Plan:
        return Plan.load(self.paths, "00000001")

    def found(self) -> list[tuple[str, str, str]]:
        root = str(self.root)
        return [
            (each.subject.removeprefix(root), each.found, each.healer) for each in examine(self.context).differences
        ]


class CheckTest(CheckCase):
    def test_finds_nothing_right_after_an_activation(self) -> None:
        self.assertEqual(self.found(), [])
        self.assertEqual(examine(self.context).state, "00000001")

    def test_finds_what_somebody_did_to_a_file(self) -> None:
        self.paths.live(CONFIGURATION).write_text("events { } # edited\n")
        self.paths.live(CONFIGURATION).chmod(0o666)
        self.assertEqual(self.found(), [(CONFIGURATION, "content 9ef5e51b220f, mode 0666", "activate")])
        self.paths.live(CONFIGURATION).unlink()
        self.assertEqual(self.found(), [(CONFIGURATION, "missing", "activate")])

    def test_finds_a_folder_that_others_may_write_to(self) -> None:
        self.paths.live("/etc/portico/nginx").chmod(0o777)
        self.paths.staged.chmod(0o755)
        self.assertEqual(
            self.found(),
            [("/etc/portico/nginx", "mode 0777", "activate"), ("/var/lib/portico/staged", "mode 0755", "activate")],
        )

    def test_finds_files_of_others_and_leaves_them_to_a_person(self) -> None:
        for path in ("/etc/portico/nginx/sites/more.conf", f"/run/systemd/system/{NGINX}.d/99-mine.conf"):
            self.paths.live(path).parent.mkdir(parents=True, exist_ok=True)
            self.paths.live(path).write_text("")
        self.assertEqual(
            self.found(),
            [
                ("/etc/portico/nginx/sites/more.conf", "a file that is not the stack's", "nobody"),
                (f"/run/systemd/system/{NGINX}.d/99-mine.conf", "a unit or drop-in that is not the stack's", "nobody"),
            ],
        )

    def test_a_drop_in_that_an_operator_means_to_stay_is_told_and_is_no_difference(self) -> None:
        path = f"/etc/systemd/system/{NGINX}.d/90-local.conf"
        self.paths.live(path).parent.mkdir(parents=True, exist_ok=True)
        self.paths.live(path).write_text("")
        self.assertEqual(self.found(), [])
        self.assertEqual(examine(self.context).deliberate, (path,))

    def test_what_this_program_writes_for_a_slot_is_none_of_others(self) -> None:
        path = "/run/systemd/system.control/portico-app@rehearsal.service.d/50-x.conf"
        self.paths.live(path).parent.mkdir(parents=True)
        self.paths.live(path).write_text("")
        self.assertEqual(strays.units(self.context), [])

    def test_finds_drop_ins_for_all_units_but_not_those_of_the_distribution_or_a_container(self) -> None:
        paths = ("/etc/systemd/system/service.d/mine.conf", "/usr/lib/systemd/system/service.d/10-timeout.conf")
        for path in (*paths, "/run/systemd/system/service.d/zzz-lxc-service.conf"):
            self.paths.live(path).parent.mkdir(parents=True, exist_ok=True)
            self.paths.live(path).write_text("")
        self.assertEqual(strays.units(self.context), [paths[0]])

    def test_finds_units_that_do_not_run_or_start_at_boot(self) -> None:
        self.systemd.active -= {TIMER, "portico-app@blue.service"}
        self.systemd.enabled -= {NGINX}
        self.systemd.masked.clear()
        self.assertEqual(
            self.found(),
            [
                ("nginx.service", "disabled", "activate"),
                (TIMER, "inactive", "activate"),
                (NGINX, "disabled at boot", "activate"),
                ("portico-app@blue.service", "inactive", "activate"),
            ],
        )

    def test_finds_what_runs_from_files_that_were_replaced_and_who_puts_it_right(self) -> None:
        services = (
            slots.service("blue"),
            slots.service("green"),
            NGINX,
            "ssh.service",
            "cron.service",
            "user@0.service",
        )
        held = {unit: {"libssl.so.3"} for unit in services} | {"cron.service": {"a.so", "b.so", "c.so"}}
        self.enter(mock.patch.object(replaced_files, "by_service", lambda paths: held))
        outdated = self.enter(mock.patch.object(nginx_upgrade, "is_outdated", return_value=True))
        can = self.enter(mock.patch.object(nginx_upgrade, "can_upgrade", return_value=True))
        replaced = "from files that were replaced: libssl.so.3"
        slot = (slots.service("blue"), replaced, "activate")
        others = (
            "services cron.service, ssh.service",
            "from files that were replaced: a.so, b.so, c.so and more",
            "nobody",
        )
        self.assertEqual(self.found(), [slot, (NGINX, replaced, "activate"), others])
        can.return_value = False
        self.assertEqual(self.found(), [slot, (NGINX, replaced, "nobody"), others])
        # One that ends its requests still is none.
        outdated.return_value = False
        self.assertEqual(self.found(), [slot, others])

    def test_finds_that_packages_ask_for_a_reboot(self) -> None:
        asked = self.paths.live(boot.ASKED)
        asked.parent.mkdir(parents=True, exist_ok=True)
        asked.touch()
        self.assertEqual(self.found(), [("reboot", "asked for by a package", "nobody")])

    def test_finds_a_second_slot_and_a_socket_that_names_none(self) -> None:
        self.systemd.active.add("portico-app@green.service")
        self.systemd.enabled.add("portico-app@green.service")
        found = [(subject, what) for subject, what, _ in self.found()]
        self.assertEqual(found, [("portico-app@green.service", what) for what in ("enabled at boot", "runs")])
        (self.paths.units / f"{SOCKET}.d/50-live-slot.conf").unlink()
        self.assertIn((SOCKET, "names no slot", "activate"), self.found())

    def test_finds_other_settings_and_secrets_of_what_serves(self) -> None:
        place = self.paths.revisions / "v1"
        (place / "environment").write_text('PORTICO_RELEASE="r1"\nEVIL=1\n')
        (place / "credentials/token").write_text("planted")
        found = [(path.removeprefix("/opt/portico/revisions/v1/"), healer) for path, _, healer in self.found()]
        opened = ("credentials/token", "activate")
        self.assertEqual(found, [("environment", "activate"), opened, ("credentials", "stage")])

    def test_finds_changes_in_the_release_and_its_environment(self) -> None:
        (self.paths.releases / "r1/app/static/release.txt").write_text("2")
        (self.paths.environments / "e1/more.py").write_text("")
        (self.paths.environments / "e1/module.py").chmod(0o666)
        self.assertEqual(
            [(path.removeprefix("/opt/portico/"), healer) for path, _, healer in self.found()],
            [
                ("releases/r1/app/static/release.txt", "stage"),
                ("environments/e1/module.py", "stage"),
                ("environments/e1/more.py", "stage"),
            ],
        )

    def test_what_serves_may_have_read_what_was_brought_back_since(self) -> None:
        repair.mark_repaired(self.context, "r1")
        found = "brought back to what was released after what serves was started"
        self.assertEqual(self.found(), [("release r1", found, "activate")])
        self.activate(1)
        self.assertEqual(self.systemd.did("start")[-1], "portico-app@green.service")
        self.assertEqual(self.found(), [])

    def test_many_changed_files_of_a_release_do_not_fill_the_screen(self) -> None:
        for number in range(25):
            (self.paths.releases / f"r1/app/{number}").write_text("")
        found = self.found()
        self.assertEqual(len(found), releases.MOST_LINES + 1)
        self.assertEqual(found[-1][1], "15 more files changed")

    def test_a_check_that_cannot_be_made_is_told_and_hides_none_of_the_others(self) -> None:
        def broken(*_: Any) -> Iterator[Difference]:
            raise OSError(5, "Input/output error")
            yield

        self.paths.live(CONFIGURATION).unlink()
        with mock.patch.dict(examination.CHECKS, {"ports": broken}):
            found = self.found()
        self.assertEqual([subject for subject, _, _ in found], [CONFIGURATION, "check of ports"])

    def test_a_host_that_does_not_answer_is_a_difference_whatever_its_files(self) -> None:
        with mock.patch.object(host_probe, "prove_host", side_effect=HostError("got 502")):
            self.assertEqual(self.found(), [("health", "got 502", "activate")])

    def test_a_host_without_a_record_or_with_one_that_cannot_be_read(self) -> None:
        (self.paths.state / "record.json").write_text("{")
        self.assertIn("record.json: got no JSON", self.found()[0][1])
        (self.paths.state / "record.json").unlink()
        self.assertEqual(self.found(), [("record", "nothing was activated on this host", "stage")])


class HistoryTest(CheckCase):
    def remove_staged(self, number: int) -> None:
        (self.paths.staged / f"{number:08x}" / "plan.json").unlink()

    def test_a_release_of_the_history_that_somebody_removed(self) -> None:
        for number in (2, 3):
            self.activate(number)
        self.assertNotIn("history", " ".join(subject for subject, _, _ in self.found()))
        self.remove_staged(2)
        self.assertIn(("history: release r2", "not complete on this host", "nobody"), self.found())

    def test_those_that_were_pruned_are_none(self) -> None:
        for number in (2, 3, 4, 5):
            self.activate(number)
        self.assertFalse((self.paths.staged / "00000001").exists())
        self.assertEqual([subject for subject, _, _ in self.found() if subject.startswith("history")], [])


class SystemTest(CheckCase):
    def test_kernel_settings_are_compared_with_what_the_kernel_has(self) -> None:
        place = self.paths.live("/proc/sys/net/core/somaxconn")
        place.parent.mkdir(parents=True)
        place.write_text("128\n")
        file = mock.Mock(effect="sysctl")
        plan = mock.Mock(files={"x": file}, content=lambda _: b"# Why\nnet.core.somaxconn = 4096\n")
        self.assertEqual(list(kernel_settings.deviations(self.context, plan)), [("net.core.somaxconn", "128", "4096")])
        place.write_text("4096\n")
        self.assertEqual(list(kernel_settings.deviations(self.context, plan)), [])
        place.unlink()  # nobody can set what the kernel does not have
        self.assertEqual(list(kernel_settings.deviations(self.context, plan)), [])

    def test_a_setting_of_each_interface_is_compared_for_each_of_them(self) -> None:
        for name, value in (("all", "0"), ("default", "0"), ("eth0", "1"), ("eth0.5", "0")):
            place = self.paths.live(f"/proc/sys/net/ipv4/conf/{name}/accept_redirects")
            place.parent.mkdir(parents=True)
            place.write_text(f"{value}\n")
        plan = mock.Mock(
            files={"x": mock.Mock(effect="sysctl")}, content=lambda _: b"net.ipv4.conf.*.accept_redirects = 0"
        )
        self.assertEqual(
            list(kernel_settings.deviations(self.context, plan)), [("net.ipv4.conf.eth0.accept_redirects", "1", "0")]
        )

    def test_a_setting_that_a_container_may_not_write_is_no_difference(self) -> None:
        place = self.paths.live("/proc/sys/kernel/x")
        place.parent.mkdir(parents=True)
        place.write_text("1\n")
        plan = mock.Mock(files={"x": mock.Mock(effect="sysctl")}, content=lambda _: b"kernel.x = 0")
        self.assertEqual(list(kernel_settings.deviations(self.context, plan)), [("kernel.x", "1", "0")])
        with mock.patch("os.access", return_value=False):
            self.assertEqual(list(kernel_settings.deviations(self.context, plan)), [])

    def test_a_clock_that_follows_no_source_of_time_is_left_to_a_person(self) -> None:
        for container, synchronised, found in (
            (1, "no", [("clock", "follows no source of time", "nobody")]),
            (1, "yes", []),
            (1, "", []),
            (0, "no", []),
        ):
            answers = {
                "systemd-detect-virt": mock.Mock(returncode=container),
                "timedatectl": mock.Mock(stdout=f"{synchronised}\n"),
            }
            with mock.patch.object(system, "run", lambda command, check=True, answers=answers: answers[command[0]]):
                self.assertEqual([(each.subject, each.found, each.healer) for each in CLOCK_DIFFERENCES()], found)

    def test_rules_of_the_firewall_that_are_not_those_of_the_state(self) -> None:
        self.rules = "drop"
        for loaded, found in (
            (True, []),
            (False, [("rules of the firewall", "others than were deployed", "activate")]),
        ):
            with mock.patch.object(firewall, "is_loaded", return_value=loaded):
                self.activate(1)
                self.assertEqual(self.found(), found)

    def test_of_a_firewall_that_does_not_run_only_that_is_told(self) -> None:
        self.rules = "drop"
        with mock.patch.object(firewall, "is_loaded", return_value=False):
            self.activate(1)
            self.systemd.active.remove(firewall.UNIT)
            self.assertEqual(self.found(), [(firewall.UNIT, "inactive", "activate")])

    def test_packages_that_are_missing_come_with_the_next_stage(self) -> None:
        with mock.patch.object(facts, "missing_packages", return_value=["logrotate"]):
            self.assertEqual(self.found(), [("package logrotate", "not installed", "stage")])

    def test_a_version_that_changed_under_our_feet(self) -> None:
        with mock.patch.object(facts, "read_facts", return_value={**facts.read_facts(), "nginx": "1.30"}):
            self.assertEqual(self.found(), [("version of nginx", "1.30", "nobody")])

    def test_a_disk_without_room_for_a_release(self) -> None:
        with mock.patch.object(facts.shutil, "disk_usage", return_value=mock.Mock(free=5 << 20)):
            self.assertEqual(self.found(), [("disk", "5 MB free", "nobody")])

    def test_an_archive_that_the_last_stage_missed_is_copied_before_the_next(self) -> None:
        lost_archives.mark(self.context)
        self.assertEqual(self.found(), [("archives of the release", "missing or damaged at the last stage", "stage")])

    def test_an_overdue_lease(self) -> None:
        self.activate(1)
        self.activate(2, lease=60)
        self.wait(60 + 121)
        self.assertIn("lease", [subject for subject, _, _ in self.found()])


class UnfinishedTest(CheckCase):
    def test_what_a_killed_call_left_undone(self) -> None:
        manifest = self.paths.state / "manifest.json"
        write_json(manifest, {**json.loads(manifest.read_text()), "pending": ["nginx"]})
        os.symlink("../revisions/v1", self.paths.slots / "rehearsal")
        self.assertEqual(
            [(subject, what) for subject, what, _ in self.found()],
            [("an earlier call", "ended before nginx"), ("slots/rehearsal", "left by a call that was killed")],
        )
