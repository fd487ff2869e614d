import os
import subprocess
import sys
import unittest
from dataclasses import replace
from typing import Any
from unittest import mock

from bundles import APP, description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.bundle.managed_file import install
from portico_host.checks import accounts, system
from portico_host.nginx import nginx_unit
from portico_host.preflight import nginx_check, unit_check
from portico_host.staging import rehearsal
from portico_host.staging.rehearsal import Rehearsal
from portico_host.state.plan import Plan
from portico_host.system import isolation
from portico_host.system.isolation import run_isolated
from portico_host.units import slots
from support import PROGRAM_FOLDER, HostCase, managed, printed

UNIT = """
[Service]
User=www-data
RuntimeDirectory=portico-nginx
CacheDirectory=portico-nginx
LogsDirectory=portico
AmbientCapabilities=
"""
FOLDER = "/etc/systemd/system"


class NginxCheckTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.unit = self.paths.units / nginx_unit.UNIT
        self.unit.parent.mkdir(parents=True)
        self.unit.write_text(UNIT)

    def check(self, code: int = 0, output: str = "") -> tuple[Any, Any]:
        done = subprocess.CompletedProcess([], code, "", output)
        with (
            mock.patch.object(isolation, "is_possible", return_value=True),
            mock.patch.object(nginx_check, "run_isolated", return_value=done) as run,
        ):
            nginx_check.check_live(self.context)
        preparation, command = run.call_args.args
        return preparation, command

    def test_runs_nginx_as_the_user_of_its_unit_with_the_folders_of_its_unit(self) -> None:
        preparation, command = self.check()
        self.assertIn(["install", "-d", "-o", "www-data", "-g", "www-data", "/var/cache/portico-nginx"], preparation)
        self.assertEqual(command[:6], ["setpriv", "--reuid", "www-data", "--regid", "www-data", "--init-groups"])
        self.assertNotIn("--ambient-caps", command)

    def test_a_drop_in_gives_it_the_right_to_low_ports(self) -> None:
        drop_in = self.unit.parent / f"{nginx_unit.UNIT}.d/50-edge.conf"
        drop_in.parent.mkdir()
        drop_in.write_text("[Service]\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n")
        _, command = self.check()
        self.assertEqual(command[command.index("--ambient-caps") + 1], "+net_bind_service")

    def test_errors_go_where_the_unit_sends_them_as_old_versions_know_no_option_for_it(self) -> None:
        _, command = self.check()
        self.assertNotIn("-e", command)
        self.unit.write_text(f"{UNIT}ExecStart=/usr/sbin/nginx -e stderr -p /var/ -c /etc/portico/nginx/nginx.conf\n")
        _, command = self.check()
        self.assertEqual(command[command.index("-e") + 1], "stderr")

    def test_in_the_sandbox_of_a_unit_of_ours_it_is_left_to_the_unit_of_nginx(self) -> None:
        with (
            mock.patch.object(isolation, "is_possible", return_value=False),
            mock.patch.object(nginx_check, "run_isolated") as run,
        ):
            nginx_check.check_live(self.context)
        run.assert_not_called()

    def test_a_fault_comes_with_what_nginx_says(self) -> None:
        with self.assertRaisesRegex(HostError, "nginx -t: got exit code 1") as caught:
            self.check(1, "nginx: [emerg] unknown directive")
        self.assertEqual(caught.exception.evidence, ["nginx: [emerg] unknown directive"])

    def test_a_warning_is_shown_and_no_fault(self) -> None:
        with printed() as text:
            self.check(0, "nginx: [warn] conflicting name")
        self.assertIn("[warn] conflicting name", text.getvalue())


class UnitCheckTest(HostCase):
    systemd = 257

    def plan(self, *paths: str) -> Plan:
        value: Any = description({}, APP, platform={"systemd": self.systemd})
        files = tuple(managed(path, b"", "systemd") for path in paths)
        folder = self.paths.staged / "key"
        return Plan("key", "r1", "v1", replace(Description.read(value), files=files), value, (), folder)

    def check(self, code: int, output: str) -> Any:
        done = subprocess.CompletedProcess([], code, "", output)
        with mock.patch.object(unit_check, "run_isolated", return_value=done) as run:
            unit_check.check_units(
                self.context, self.plan(f"{FOLDER}/portico-app@.service", f"{FOLDER}/portico-app.socket")
            )
        return run.call_args.args

    def test_judges_a_template_as_each_of_its_instances(self) -> None:
        _, command = self.check(0, "")
        names = [argument.rsplit("/", 1)[-1] for argument in command if "portico-app" in argument]
        self.assertEqual(
            names, [*(f"portico-app@{slot}.service" for slot in ("blue", "green", "rehearsal")), "portico-app.socket"]
        )

    def test_passes_over_the_faults_of_other_units_where_systemd_can(self) -> None:
        for self.systemd, able in ((249, False), (250, True), (257, True)):
            with self.subTest(self.systemd):
                _, command = self.check(0, "")
                self.assertEqual("--recursive-errors=no" in command, able)

    def test_a_mere_warning_about_a_staged_unit_is_a_fault(self) -> None:
        line = f"{self.paths.staged}/key/tree/etc/systemd/system/portico-app@.service:3: Unknown key 'X', ignoring."
        with self.assertRaises(HostError) as caught:
            self.check(0, f"{line}\n{line}\n")
        self.assertEqual(caught.exception.evidence, [line])

    def test_noise_about_other_units_is_none(self) -> None:
        self.check(0, "/usr/lib/systemd/system/getty.service:3: Unknown key 'X', ignoring.\n")

    def test_an_exit_code_is_a_fault_even_without_a_word(self) -> None:
        with self.assertRaisesRegex(HostError, "exit code 1"):
            self.check(1, "")


class RehearsalFilesTest(HostCase):
    def test_the_instance_has_the_staged_templates_with_their_drop_ins(self) -> None:
        value: Any = description({}, APP)
        wanted = {
            f"{FOLDER}/portico-app@.service": "portico-app@rehearsal.service",
            f"{FOLDER}/portico-app@.service.d/50-network.conf": "portico-app@rehearsal.service.d/50-network.conf",
            f"{FOLDER}/portico-probe@.socket": "portico-probe@rehearsal.socket",
        }
        others = (f"{FOLDER}/portico-app.socket", f"{FOLDER}/portico-app@blue.service.d/50-socket.conf", "/etc/x")
        files = tuple(managed(path, b"unit", "systemd") for path in (*wanted, *others))
        plan = Plan(
            "key", "r1", "v1", replace(Description.read(value), files=files), value, (), self.paths.staged / "key"
        )
        for file in files:
            place = plan.tree / file.path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"unit")
        assert plan.description.app is not None
        with mock.patch.object(rehearsal.systemd, "reload_units"):
            Rehearsal(self.context, plan, plan.description.app).link()
        folder = self.paths.runtime_units
        found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        self.assertEqual(found, sorted(wanted.values()))
        self.assertEqual(slots.revision(self.paths, "rehearsal"), "v1")

    def test_nothing_of_it_stays(self) -> None:
        self.test_the_instance_has_the_staged_templates_with_their_drop_ins()
        with mock.patch.multiple(rehearsal.systemd, reload_units=mock.DEFAULT, is_stopped=lambda *units: True):
            rehearsal.stop_leftover(self.context)
        self.assertEqual(list(self.paths.runtime_units.iterdir()), [])
        self.assertIsNone(slots.revision(self.paths, "rehearsal"))


class IsolationTest(HostCase):
    @unittest.skipUnless(os.geteuid() == 0, "rights can be given up by root alone")
    def test_is_not_possible_without_the_right_to_mount(self) -> None:
        program = "from portico_host.system import isolation; print(isolation.is_possible())"
        for words, possible in (([], "True"), (["setpriv", "--bounding-set=-sys_admin", "--"], "False")):
            done = subprocess.run(
                [*words, sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROGRAM_FOLDER
            )
            self.assertEqual(done.stdout.strip(), possible)

    def test_prepares_in_a_namespace_of_its_own_and_then_becomes_the_command(self) -> None:
        with mock.patch("portico_host.system.isolation.run") as run:
            run_isolated([["mount", "--bind", "a b", "/c"]], ["nginx", "-t"])
        self.assertEqual(run.call_args.args[0][:4], ["unshare", "--mount", "--propagation", "private"])
        self.assertEqual(run.call_args.args[0][-1], "mount --bind 'a b' /c\nexec nginx -t")


class AccountsTest(HostCase):
    """The user of the application, as the host knows it."""

    def found(
        self,
        uid: int = 990,
        shell: str = accounts.LOGIN_SHELL,
        home: str = accounts.NO_HOME,
        groups: tuple[str, ...] = (),
    ) -> list[str]:
        user = mock.Mock(pw_uid=uid, pw_gid=990, pw_shell=shell, pw_dir=home)
        all_groups = [mock.Mock(gr_name=name, gr_mem=["portico"]) for name in groups]
        plan = mock.Mock()
        plan.description.app.user = "portico"
        with (
            mock.patch.object(accounts.pwd, "getpwnam", return_value=user),
            mock.patch.object(accounts.grp, "getgrall", return_value=all_groups),
            mock.patch.object(accounts.grp, "getgrgid", return_value=mock.Mock(gr_name="portico")),
        ):
            return [each.found for each in accounts.find(self.context, plan)]

    def test_one_as_it_was_made_is_no_difference(self) -> None:
        self.assertEqual(self.found(), [])

    def test_whatever_gives_it_more_than_it_needs_is_one(self) -> None:
        self.assertEqual(self.found(uid=0), ["number 0, which is root"])
        self.assertEqual(self.found(shell="/bin/bash"), ["shell /bin/bash"])
        self.assertEqual(self.found(home="/root"), ["home /root"])
        self.assertEqual(self.found(groups=("sudo",)), ["in portico, sudo"])


class SshdTest(HostCase):
    """What sshd makes of all files together: one of others that it reads first has the last word."""

    TEXT = b"# by key only\nPasswordAuthentication no\nMaxSessions 20\n"
    PATH = "/etc/ssh/sshd_config.d/10-portico.conf"

    def found(self, effective: str) -> list[tuple[str, str, str]]:
        file = managed(self.PATH, self.TEXT, "sshd")
        install(self.paths, file, self.TEXT)
        plan = mock.Mock(files={self.PATH: file}, content=lambda _file: self.TEXT)
        plan.description.packages, plan.description.platform = (), {}
        done = subprocess.CompletedProcess([], 0, effective, "")
        with (
            mock.patch.object(system, "run", return_value=done),
            mock.patch.object(system.facts, "read_facts", return_value={}),
        ):
            return [
                (each.subject, each.found, each.wanted)
                for each in system.find(self.context, plan)
                if each.subject.startswith("sshd")
            ]

    def test_is_no_difference_where_all_is_as_the_file_says(self) -> None:
        self.assertEqual(self.found("passwordauthentication no\nmaxsessions 20\nport 22\n"), [])

    def test_is_one_for_each_line_that_has_no_effect(self) -> None:
        self.assertEqual(
            self.found("passwordauthentication yes\nmaxsessions 10\n"),
            [("sshd PasswordAuthentication", "yes", "no"), ("sshd MaxSessions", "10", "20")],
        )

    def test_is_none_where_sshd_offers_nothing_that_is_taken_away(self) -> None:
        self.TEXT = b"MACs -hmac-sha1*,umac-64@openssh.com\n"
        self.assertEqual(self.found("macs hmac-sha2-256-etm@openssh.com,umac-128@openssh.com\n"), [])
        for weak in ("hmac-sha1-etm@openssh.com", "umac-64@openssh.com"):
            offered = f"hmac-sha2-256,{weak}"
            self.assertEqual(self.found(f"macs {offered}\n"), [("sshd MACs", offered, self.TEXT[5:-1].decode())])
