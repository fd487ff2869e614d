from pathlib import Path
from unittest import mock

from support import HostCase

from portico_host import environments
from portico_host.environments import Environment, pip_wheel
from portico_host.releases import Release


class EnvironmentTest(HostCase):
    def release(self, name: str, lock: str) -> Release:
        release = Release(self.context, name)
        (release.folder / "wheels").mkdir(parents=True)
        (release.folder / "requirements.lock").write_text(lock)
        return release

    def build(self, release: Release) -> list[str]:
        """The programs that were run; installing is pretended."""
        with mock.patch.object(environments, "run") as run:
            run.return_value.returncode = 0
            run.side_effect = self.pretend
            release.build_environment()
        return [" ".join(call.args[0]) for call in run.call_args_list]

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

    def test_finds_the_pip_that_python_brings(self) -> None:
        self.assertRegex(pip_wheel().name, r"^pip-.*\.whl$")
