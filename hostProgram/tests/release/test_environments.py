import hashlib
from pathlib import Path
from unittest import mock

from archives import WHEEL, make_wheel, write_wheels
from portico_host.base.errors import HostError
from portico_host.release import environments
from portico_host.release.environments import Environment, pip_wheel
from portico_host.release.releases import Release
from sandboxes import OpenSandbox, open_sandbox
from support import HostCase


class EnvironmentTest(HostCase):
    def release(self, name: str, lock: str) -> Release:
        release = Release(self.context, name)
        release.folder.mkdir(parents=True)
        (release.folder / "requirements.lock").write_text(lock)
        return release

    def build(self, release: Release) -> list[str]:
        """The programs that were run; installing is pretended."""
        with (
            mock.patch.object(environments, "run", side_effect=self.pretend) as run,
            mock.patch.object(OpenSandbox, "start") as start,
        ):
            release.build_environment(write_wheels(self.root), open_sandbox(self.context))
        return [" ".join(call.args[0]) for call in (*run.call_args_list, *start.call_args_list)]

    def pretend(self, command: list[str], **_: object) -> mock.Mock:
        if "venv" in command:
            (Path(command[-1]) / "bin").mkdir(parents=True)
        return mock.Mock(returncode=0)

    def test_is_installed_once_for_releases_with_the_same_lock(self) -> None:
        first, second = self.release("r1", "flask==1"), self.release("r2", "flask==1")
        self.assertEqual(len([line for line in self.build(first) if "install" in line]), 1)
        self.assertEqual(self.build(second), [])
        self.assertEqual((first.folder / "venv").resolve(), (second.folder / "venv").resolve())
        self.assertFalse((second.folder / "wheels").exists())

    def test_another_lock_gets_another_one(self) -> None:
        first, second = self.release("r1", "flask==1"), self.release("r2", "flask==2")
        self.build(first)
        self.assertNotEqual(self.build(second), [])
        self.assertNotEqual((first.folder / "venv").resolve(), (second.folder / "venv").resolve())

    def test_what_a_killed_call_left_is_made_anew(self) -> None:
        release = self.release("r1", "flask==1")
        environment = Environment.of(self.context, release.folder / "requirements.lock")
        leftover = environment.folder / "half"
        leftover.mkdir(parents=True)
        self.assertNotEqual(self.build(release), [])
        self.assertFalse(leftover.exists())
        self.assertTrue(environment.complete)

    def test_all_of_it_is_on_the_disk_before_it_is_complete(self) -> None:
        release = self.release("r1", "flask==1")
        environment = Environment.of(self.context, release.folder / "requirements.lock")
        complete: list[bool] = []
        with mock.patch.object(environments.os, "sync", lambda: complete.append(environment.complete)):
            self.build(release)
        self.assertEqual((complete, environment.complete), ([False], True))

    def test_finds_the_pip_that_python_brings(self) -> None:
        self.assertRegex(pip_wheel().name, r"^pip-.*\.whl$")


class RealPipTest(HostCase):
    """Only the wheels of the release, each with the hash that its lock names; no index is asked for another one."""

    def setUp(self) -> None:
        super().setUp()
        self.wheels = self.root / "wheels"
        self.wheels.mkdir()
        wheel = make_wheel()
        (self.wheels / WHEEL).write_bytes(wheel)
        self.digest = hashlib.sha256(wheel).hexdigest()

    def install(self, lock: str) -> Environment:
        path = self.root / "requirements.lock"
        path.write_text(lock)
        environment = Environment.of(self.context, path)
        environment.install(self.wheels, path, open_sandbox(self.context))
        return environment

    def refuse(self, lock: str) -> str:
        with self.assertRaisesRegex(HostError, "requirements.lock: got a failure of pip") as caught:
            self.install(lock)
        return "\n".join(caught.exception.evidence)

    def test_installs_what_the_lock_names(self) -> None:
        environment = self.install(f"tiny==1.0 --hash=sha256:{self.digest}\n")
        self.assertEqual(len(list(environment.folder.glob("lib/*/site-packages/tiny.py"))), 1)

    def test_refuses_another_wheel_than_the_locked_one_and_a_lock_without_hashes(self) -> None:
        self.assertIn("DO NOT MATCH THE HASHES", self.refuse(f"tiny==1.0 --hash=sha256:{'0' * 64}\n"))
        self.assertIn("hash", self.refuse("tiny==1.0\n").lower())

    def test_asks_no_index_for_what_is_not_there(self) -> None:
        evidence = self.refuse(f"portico-is-not-there==1.0 --hash=sha256:{self.digest}\n")
        self.assertRegex(evidence, "No matching distribution found")
        self.assertNotRegex(evidence, "Retrying|connection|index")
