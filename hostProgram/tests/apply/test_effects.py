import contextlib
import resource
import subprocess
from unittest import mock

from fake_systemd import FakeSystemd
from portico_host.apply import effects
from portico_host.apply.effects import Done
from portico_host.base.errors import HostError
from portico_host.nginx import nginx_reload, nginx_unit, nginx_upgrade
from portico_host.preflight import nginx_check
from portico_host.system import firewall, kernel_settings, replaced_files
from portico_host.units import evidence, own_units, systemd
from support import HostCase, printed

NGINX = nginx_unit.UNIT


class RefreshNginxTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.systemd.active.add(NGINX)
        self.enterContext(self.systemd.in_charge())
        self.enterContext(printed())
        self.enterContext(mock.patch.object(nginx_check, "check_live", lambda context: None))
        self.enterContext(
            mock.patch.object(nginx_reload, "reload_nginx", lambda paths: self.systemd.reload(nginx_unit.UNIT))
        )

    def refresh(self, *needed: str) -> list[str]:
        change = mock.Mock(effects=frozenset(needed), units=(NGINX,))
        effects.refresh_nginx(self.context, change, Done())
        return self.systemd.calls

    def test_files_are_a_reload(self) -> None:
        self.assertEqual(self.refresh("nginx"), [f"reload {NGINX}"])

    def test_limits_are_told_to_what_runs_before_the_reload_starts_workers_with_them(self) -> None:
        self.assertEqual(self.refresh("nginxLimits", "nginx"), [f"limit {NGINX}", f"reload {NGINX}"])

    def test_another_unit_is_a_restart(self) -> None:
        self.assertEqual(self.refresh("nginxUnit", "nginxLimits"), [f"restart {NGINX}"])


class UpgradeNginxTest(RefreshNginxTest):
    """Nginx runs from files that a package replaced; `can` says whether it may hand over."""

    def setUp(self) -> None:
        super().setUp()
        self.can = True
        for name, value in (
            ("is_outdated", lambda paths: True),
            ("can_upgrade", lambda paths: self.can),
            ("upgrade", lambda paths: self.systemd.calls.append("upgrade")),
        ):
            self.enterContext(mock.patch.object(nginx_upgrade, name, value))

    def upgrade(self, *needed: str, upgrades: bool = True) -> list[str]:
        done, self.change = Done(), mock.Mock(effects=frozenset(needed), units=(NGINX,))
        effects.refresh_nginx(self.context, self.change, done, upgrades)
        self.told = done.reloaded
        return self.systemd.calls

    def test_another_one_takes_over_although_no_file_changed_and_alone_meanwhile(self) -> None:
        self.assertEqual(self.upgrade(), ["upgrade"])
        self.change.take_turn.assert_called_once_with()
        self.assertEqual(self.told, [NGINX])

    def test_that_is_a_reload_too(self) -> None:
        self.assertEqual(self.upgrade("nginx"), ["upgrade"])

    def test_a_restart_does_as_well(self) -> None:
        self.assertEqual(self.upgrade("nginxUnit"), [f"restart {NGINX}"])

    def test_one_that_cannot_hand_over_is_left_as_it_is(self) -> None:
        self.can = False
        self.assertEqual(self.upgrade(), [])
        self.assertEqual(self.upgrade("nginx"), [f"reload {NGINX}"])

    def test_an_undo_does_not_try_it_again(self) -> None:
        self.assertEqual(self.upgrade(upgrades=False), [])


class ReloadIsProvenTest(HostCase):
    """The service manager reports success of each reload; what counts is whether Nginx has other workers then."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.systemd.active.add(NGINX)
        self.workers = {1, 2}
        self.takes = True
        self.enterContext(self.systemd.in_charge())
        self.enterContext(printed())
        self.enterContext(mock.patch.object(nginx_check, "check_live", lambda context: None))
        self.enterContext(mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]))
        self.enterContext(mock.patch.object(nginx_reload, "workers", lambda paths: self.workers))
        self.enterContext(mock.patch.object(nginx_reload, "WORKER_SECONDS", 0.05))
        self.enterContext(mock.patch.object(systemd, "reload", self.reload))
        self.done = Done()

    def reload(self, unit: str) -> None:
        if self.takes:
            self.workers = {3, 4}

    def refresh(self) -> None:
        effects.refresh_nginx(self.context, mock.Mock(effects=frozenset({"nginx"}), units=(NGINX,)), self.done)

    def test_new_workers_are_a_reload(self) -> None:
        self.refresh()
        self.assertEqual(self.done.reloaded, [NGINX])

    def test_workers_that_stay_are_a_failure_with_the_log_whatever_the_service_manager_says(self) -> None:
        self.takes = False
        with self.assertRaisesRegex(HostError, "reload of Nginx: got workers with the old settings") as caught:
            self.refresh()
        self.assertEqual((self.done.reloaded, caught.exception.evidence), ([], [f"log of {NGINX}"]))

    def test_no_worker_at_all_is_a_failure(self) -> None:
        with mock.patch.object(systemd, "reload", lambda unit: self.workers.clear()), self.assertRaises(HostError):
            self.refresh()

    def test_files_are_judged_before_nginx_reads_them(self) -> None:
        with (
            mock.patch.object(nginx_check, "check_live", side_effect=HostError("nginx -t: got exit code 1")),
            self.assertRaises(HostError),
        ):
            self.refresh()
        self.assertEqual(self.workers, {1, 2})

    def test_whatever_becomes_of_it_no_connection_closes_for_ever_and_the_turn_is_over(self) -> None:
        flag, folder = self.paths.live(nginx_reload.CLOSING), self.root / "watch"
        flag.parent.mkdir(parents=True)
        folder.mkdir()
        for self.takes in (True, False):
            flag.touch()
            self.workers = {1, 2}
            nginx_reload.turn.take(folder)
            with contextlib.suppress(HostError):
                self.refresh()
            other = nginx_reload.Turn()
            self.assertEqual((flag.exists(), other.take(folder)), (False, True))
            other.end()


class UnitsTest(HostCase):
    """A distribution's nginx.service that ours replaces, and three units of ours."""

    OWN = (NGINX, "portico-lease.timer", "portico-watch.service")

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.systemd.enabled |= set(self.OWN)
        self.calls: list[str] = []
        self.stale: list[str] = []
        self.enterContext(self.systemd.in_charge())
        self.enterContext(printed())
        self.enterContext(mock.patch.object(own_units, "stale_units", lambda plan: self.stale))
        for name in ("mask", "enable", "reload_units", "start"):
            self.enterContext(
                mock.patch.object(
                    systemd, name, lambda *units, name=name, **words: self.calls.append(" ".join([name, *units]))
                )
            )

    def apply(self, *needed: str) -> list[str]:
        change = mock.Mock(effects=frozenset(needed), units=self.OWN, paths=[])
        effects.apply_units(self.context, change, ("nginx.service", "snakeoil.service"))
        return self.calls

    def test_masks_what_is_not_masked_yet_and_enables_before_the_units_are_read_anew(self) -> None:
        self.systemd.masked.add("snakeoil.service")
        self.systemd.enabled.remove("portico-watch.service")
        self.systemd.active.add("portico-lease.timer")
        self.assertEqual(self.apply(), ["mask nginx.service", "enable portico-watch.service", "reload_units"])

    def test_a_timer_of_ours_runs_before_the_switch_and_nothing_else_is_started(self) -> None:
        self.systemd.masked |= {"nginx.service", "snakeoil.service"}
        self.assertEqual(self.apply(), ["start portico-lease.timer"])

    def test_units_that_changed_or_that_somebody_changed_are_read_anew(self) -> None:
        self.systemd.masked |= {"nginx.service", "snakeoil.service"}
        self.systemd.active.add("portico-lease.timer")
        for needed in ("systemd", "appUnit", "nginxUnit"):
            self.calls.clear()
            self.assertEqual(self.apply(needed), ["reload_units"])
        self.calls.clear()
        self.stale = [NGINX]
        self.assertEqual(self.apply("nginx"), ["reload_units"])

    def test_a_service_that_stays_but_has_another_unit_is_started_anew_and_no_other(self) -> None:
        self.systemd.active |= set(self.OWN)
        for paths, restarted in (([], []), (["/etc/systemd/system/portico-watch.service"], ["portico-watch.service"])):
            done = Done()
            effects.start_services(self.context, mock.Mock(units=self.OWN, paths=paths), done)
            self.assertEqual(done.restarted, restarted)

    def test_so_is_the_health_check_with_a_library_that_was_replaced_and_not_nginx_which_had_its_turn(self) -> None:
        self.systemd.active |= set(self.OWN)
        done = Done()
        with mock.patch.object(replaced_files, "by_service", lambda paths: dict.fromkeys(self.OWN, {"libc.so.6"})):
            effects.start_services(self.context, mock.Mock(units=self.OWN, paths=[]), done)
        self.assertEqual(done.restarted, ["portico-watch.service"])


class SystemTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.calls: list[str] = []
        self.kernel: list[tuple[str, str, str]] = []
        self.units: tuple[str, ...] = ()
        self.loaded = True
        self.enterContext(printed())
        self.enterContext(self.systemd.in_charge())
        self.enterContext(mock.patch.object(firewall, "is_loaded", lambda context, plan: self.loaded))
        for name, act in (
            ("run", lambda command: self.calls.append(" ".join(command))),
            ("validate_sshd", lambda: self.calls.append("check")),
        ):
            self.enterContext(mock.patch.object(effects, name, act))
        self.enterContext(mock.patch.object(systemd, "reload", lambda unit: self.calls.append(f"reload {unit}")))
        self.enterContext(mock.patch.object(kernel_settings, "deviations", lambda context, plan: self.kernel))
        self.done = Done()

    def apply(self, *needed: str) -> list[str]:
        file = mock.Mock(path="/etc/sysctl.d/60-portico.conf", effect="sysctl")
        change = mock.Mock(effects=frozenset(needed), files={file.path: file}, units=self.units)
        effects.apply_system(self.context, change, self.done)
        return self.calls

    def test_sshd_judges_its_files_before_it_reads_them(self) -> None:
        self.systemd.active.add(effects.SSH_UNIT)
        self.assertEqual(self.apply("sshd"), ["check", "reload ssh.service"])
        self.assertEqual(self.done.reloaded, ["ssh.service"])

    def test_an_sshd_that_is_started_for_each_connection_is_not_reloaded(self) -> None:
        self.assertEqual(self.apply("sshd"), ["check"])

    def test_the_journal_takes_its_file_at_once(self) -> None:
        self.apply("journal")
        self.assertEqual(self.systemd.calls, [f"restart {effects.JOURNAL_UNIT}"])
        self.assertEqual(self.done.restarted, [effects.JOURNAL_UNIT])

    def test_kernel_settings_that_somebody_changed_are_set_again_although_the_file_is_as_it_was(self) -> None:
        self.assertEqual(self.apply("nginx"), [])
        self.kernel = [("net.core.somaxconn", "128", "4096")]
        self.assertEqual(self.apply("nginx"), [f"{effects.SYSCTL} {self.paths.live('/etc/sysctl.d/60-portico.conf')}"])

    def test_new_rules_of_a_firewall_that_runs_are_loaded(self) -> None:
        self.units = (firewall.UNIT,)
        self.assertEqual(self.apply("firewall"), [])
        self.systemd.active.add(firewall.UNIT)
        self.assertEqual(self.apply("nginx"), [])
        self.assertEqual(self.apply("firewall"), [f"reload {firewall.UNIT}"])
        self.assertEqual(self.done.reloaded, [firewall.UNIT])

    def test_rules_that_somebody_changed_are_loaded_again_although_the_file_is_as_it_was(self) -> None:
        self.units, self.loaded = (firewall.UNIT,), False
        self.systemd.active.add(firewall.UNIT)
        self.assertEqual(self.apply(), [f"reload {firewall.UNIT}"])

    def test_a_firewall_that_is_no_unit_of_the_state_is_left_alone(self) -> None:
        self.loaded = False
        self.systemd.active.add(firewall.UNIT)
        self.assertEqual(self.apply("firewall"), [])


class FileLimitTest(HostCase):
    def test_a_running_process_gets_the_limit_of_its_unit(self) -> None:
        with subprocess.Popen(["sleep", "60"]) as process:
            facts = {"MainPID": str(process.pid), "LimitNOFILE": "777"}
            with mock.patch.object(systemd, "show", lambda unit, *names: facts):
                self.assertTrue(systemd.apply_file_limit(NGINX))
            self.assertEqual(resource.prlimit(process.pid, resource.RLIMIT_NOFILE), (777, 777))
            process.kill()

    def test_where_nobody_may_raise_it_it_waits_for_the_next_start(self) -> None:
        facts = {"MainPID": "1", "LimitNOFILE": "infinity"}
        with (
            mock.patch.object(systemd, "show", lambda unit, *names: facts),
            mock.patch("resource.prlimit", side_effect=PermissionError),
        ):
            self.assertFalse(systemd.apply_file_limit(NGINX))
