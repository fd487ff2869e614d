from unittest import mock

from checks.test_checks import CheckCase
from portico_host.base.errors import HostError
from portico_host.checks.examination import examine
from portico_host.nginx import nginx_upgrade
from portico_host.system import replaced_files
from portico_host.transaction import heal
from portico_host.units import slots
from transactions import CONFIGURATION, NGINX, TIMER


class HealingTest(CheckCase):
    def heal(self) -> dict[str, object]:
        self.systemd.calls.clear()
        return heal.heal(self.context, {"who": "ann"}, self.program)

    def test_puts_files_folders_and_units_right_in_one_transaction(self) -> None:
        self.paths.live(CONFIGURATION).write_text("edited")
        self.paths.live("/etc/portico/nginx").chmod(0o777)
        self.systemd.active -= {TIMER}
        self.systemd.masked.clear()
        result = self.heal()
        self.assertEqual((result["healed"], result["differences"]), (4, []))
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
        self.assertEqual(self.systemd.did("reload"), [NGINX])
        self.assert_serves(1, "blue")
        last = self.record.transactions[-1]
        self.assertEqual((last.command, last.outcome), ("heal", "confirmed"))
        self.assertEqual((last.who, last.commit), ("ann", "c0ffee"))
        self.assertRegex(last.why, "^4 differences, the first: /etc/portico/nginx/nginx.conf: content")

    def test_touches_nothing_where_all_is_well(self) -> None:
        before = self.record
        self.assertEqual(self.heal()["healed"], 0)
        self.assertEqual((self.systemd.calls, self.record), ([], before))

    def test_another_mode_alone_reloads_nothing(self) -> None:
        self.paths.live(CONFIGURATION).chmod(0o666)
        self.assertEqual(self.heal()["differences"], [])
        self.assertEqual(self.systemd.did("reload") + self.systemd.did("restart") + self.systemd.did("start"), [])
        self.assertEqual(self.paths.live(CONFIGURATION).stat().st_mode & 0o777, 0o644)

    def test_changed_settings_of_what_serves_start_the_other_slot(self) -> None:
        (self.paths.revisions / "v1/environment").write_text("EVIL=1\n")
        self.assertEqual(self.heal()["differences"], [])
        self.assert_serves(1, "green")
        self.assertEqual((self.paths.revisions / "v1/environment").read_text(), '\nPORTICO_RELEASE="r1"\n')
        # Once is enough.
        self.assertEqual(self.heal()["healed"], 0)

    def test_a_library_that_was_replaced_starts_the_other_slot_and_has_another_nginx_take_over(self) -> None:
        held = {slots.service("blue"): {"libssl.so.3"}}
        self.enter(mock.patch.object(replaced_files, "by_service", lambda paths: held))
        outdated = self.enter(mock.patch.object(nginx_upgrade, "is_outdated", side_effect=[True, True, False]))
        self.enter(mock.patch.object(nginx_upgrade, "can_upgrade", return_value=True))
        upgrade = self.enter(mock.patch.object(nginx_upgrade, "upgrade"))
        result = self.heal()
        self.assertEqual((result["healed"], result["differences"]), (2, []))
        self.assert_serves(1, "green")
        upgrade.assert_called_once()
        self.assertEqual((self.systemd.did("restart"), outdated.call_count), ([], 3))

    def test_what_is_others_stays_and_is_told(self) -> None:
        stray = self.paths.live("/etc/portico/nginx/sites/more.conf")
        stray.parent.mkdir()
        stray.write_text("")
        self.paths.live(CONFIGURATION).unlink()
        result = self.heal()
        self.assertEqual([each["subject"] for each in result["differences"]], ["/etc/portico/nginx/sites/more.conf"])
        self.assertTrue(stray.exists())

    def test_a_switch_that_waits_for_its_confirmation_is_not_decided(self) -> None:
        self.activate(2, lease=60)
        self.paths.live(CONFIGURATION).unlink()
        with self.assertRaisesRegex(HostError, "heal: got a switch that nobody confirmed yet"):
            self.heal()
        self.assertFalse(self.paths.live(CONFIGURATION).exists())

    def test_an_empty_host_has_nothing_to_go_back_to(self) -> None:
        (self.paths.state / "record.json").unlink()
        with self.assertRaisesRegex(HostError, "heal: got a host without a state"):
            self.heal()

    def test_a_failure_is_undone_and_says_nothing_against_the_release(self) -> None:
        self.paths.live(CONFIGURATION).write_text("edited")
        self.bad_hosts.add("v1")
        with self.assertRaisesRegex(HostError, "502"):
            self.heal()
        self.assertEqual(
            (self.record.transactions[-1].command, self.record.transactions[-1].outcome), ("heal", "failed")
        )
        self.assertEqual((self.record.good_releases(), self.record.bad_releases()), (["r1"], {}))

    def test_one_that_is_killed_is_finished_by_the_next(self) -> None:
        for step in ("activate:install-files", "activate:refresh-nginx", "activate:settle"):
            with self.subTest(step):
                self.paths.live(CONFIGURATION).write_text("edited")
                with self.killed_at(step):
                    self.heal()
                self.assertNotEqual(examine(self.context).differences, ())
                self.assertEqual(self.heal()["differences"], [])
                self.assertIn(f"reload {NGINX}", self.systemd.calls)

    def test_a_kernel_setting_is_applied_again(self) -> None:
        found = mock.Mock(side_effect=lambda *_: iter([("net.core.somaxconn", "128", "4096")]))
        with (
            mock.patch("portico_host.system.kernel_settings.deviations", found),
            mock.patch("portico_host.apply.effects.run") as run,
        ):
            self.heal()
        self.assertEqual(run.call_args.args[0][0], "/usr/lib/systemd/systemd-sysctl")
