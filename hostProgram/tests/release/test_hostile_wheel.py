"""A locked wheel that tries everything to run outside of the application: nothing of it runs while root prepares a release."""

import hashlib
import os
import subprocess
import sys
import zipfile
from contextlib import AbstractContextManager
from pathlib import Path
from unittest import mock

from archives import INFO, MACHINE, PYTHON, WHEEL, make_wheel, write_application, write_wheels
from portico_host.base.errors import HostError
from portico_host.release import wheels
from portico_host.release.releases import Release
from portico_host.release.repair import repair_release
from sandboxes import open_sandbox
from support import HostCase

# Modules that pip, compileall and an interpreter's start import, and some that they try to.
SHADOWS = (
    *("sitecustomize", "usercustomize", "conftest", "json", "ssl", "compileall", "py_compile", "struct", "runpy"),
    *("keyring", "truststore", "setuptools", "pkg_resources", "importlib_metadata", "IPython", "pip", "hostile"),
)


class HostileWheelTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.marks = self.root / "marks"
        self.marks.mkdir()
        self.sandbox = open_sandbox(self.context)

    def mark(self, name: str) -> str:
        """A line of Python that leaves the user's number and the process that it ran in."""
        return f"import os; open({str(self.marks)!r} + '/{name}.%d' % os.getuid(), 'a').write(str(os.getpid()))\n"

    def hostile(self) -> dict[str, str]:
        program = f"#!/bin/sh\ntouch {self.marks}/program.$(id -u)\n"
        return {
            "start.pth": self.mark("pth"),
            **{f"{name}.py": self.mark(name) for name in SHADOWS},
            f"{INFO}/entry_points.txt": "[console_scripts]\npython3.99 = hostile:main\n[pip.commands]\nx = hostile:main\n",
            **{f"tiny-1.0.data/scripts/{name}": program for name in ("python3", "pip", "setpriv")},
        }

    def release(self, wheel: bytes) -> tuple[Release, Path, Path]:
        digest = hashlib.sha256(wheel).hexdigest()
        lock = f"tiny==1.0 --hash=sha256:{digest}\n".encode()
        folder = self.root / digest
        folder.mkdir(exist_ok=True)
        archive = write_wheels(folder, wheel)
        locks = {f"locks/{PYTHON}-{MACHINE}.lock": lock}
        shadows = {f"app/{each}.py": self.mark(f"app-{each}").encode() for each in SHADOWS}
        application = write_application(folder / "a.tar.gz", "r1", **locks, **shadows)
        return Release(self.context, "r1"), application, archive

    def complete(self, wheel: bytes) -> tuple[Release, Path, Path]:
        release, application, archive = self.release(wheel)
        description = release.unpack(application)
        release.build_environment(archive, self.sandbox)
        release.compile(self.sandbox)
        release.finish(description)
        return release, application, archive

    def test_nothing_of_it_runs_when_it_is_installed_compiled_compared_and_repaired(self) -> None:
        files = self.hostile()
        for case in (files, {name: content for name, content in files.items() if ".data/" not in name}):
            with self.subTest(brings_its_own_interpreter=case is files):
                self.prove_silent(case)

    def prove_silent(self, files: dict[str, str]) -> None:
        release, application, archive = self.complete(make_wheel(files))
        module = next(release.venv.glob("lib/*/site-packages/hostile.py"))
        module.write_text("changed = 1\n")
        (release.folder / "app/json.py").write_text("changed = 1\n")
        self.assertTrue(repair_release(self.context, release, application, archive, self.sandbox))
        self.assertEqual(sorted(os.listdir(self.marks)), [])
        self.assertIn("getuid", module.read_text())
        self.assertTrue(list(module.parent.glob("__pycache__/hostile.*.pyc")))

    def test_the_same_wheel_runs_where_the_application_does(self) -> None:
        files = {name: content for name, content in self.hostile().items() if ".data/" not in name}
        release, *_ = self.complete(make_wheel(files | {f"{INFO}/entry_points.txt": ""}))
        subprocess.run([release.python, "-c", "import hostile"], cwd=release.folder / "app", check=True)
        user = os.getuid()
        for name in ("pth", "app-hostile"):
            self.assertTrue((self.marks / f"{name}.{user}").exists(), name)

    def test_its_byte_code_is_valid_for_the_python_of_the_environment(self) -> None:
        release, *_ = self.complete(make_wheel({"hostile.py": "x = 1\n"}))
        script = "import hostile, sys; print(hostile.__cached__)"
        command = [str(release.python), "-I", "-v", "-c", script]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        self.assertRegex(done.stderr, r"code object from '.*hostile\.cpython-\d+\.pyc'")
        self.assertIn(sys.implementation.cache_tag, done.stdout)

    def refuse(self, files: dict[str, str], message: str) -> None:
        release, application, archive = self.release(make_wheel(files))
        release.unpack(application)
        with self.assertRaisesRegex(HostError, message):
            release.build_environment(archive, self.sandbox)
        self.assertFalse(release.venv.exists())

    def test_slashes_in_names_of_plugins_are_fine(self) -> None:
        self.complete(make_wheel({f"{INFO}/entry_points.txt": "[mkdocs.plugins]\nmaterial/blog = hostile:main\n"}))

    def test_paths_that_lead_out_and_links_are_refused(self) -> None:
        for name in ("../evil.py", "/evil.py", "a/../../evil.py", "..\\evil.py"):
            with self.subTest(name=name):
                self.refuse({name: ""}, "paths inside of the wheel")
        folder = self.root / "links"
        folder.mkdir()
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(folder / WHEEL, "w") as archive:
            archive.writestr(link, "/etc/shadow")
        with self.assertRaisesRegex(HostError, "no links or devices"):
            wheels.check_wheels(folder)

    def test_what_unpacks_to_more_than_a_host_takes_is_refused_before(self) -> None:
        big = {f"big{number}": "" for number in range(8)}
        for limit, value in (("releaseUnpackedBytes", 10), ("releaseMembers", 5)):
            with self.subTest(limit=limit), self.limited(limit, value):
                folder = self.root / limit
                folder.mkdir()
                (folder / WHEEL).write_bytes(make_wheel(big))
                with self.assertRaisesRegex(HostError, f"wheels: got .*at most .*{value}"):
                    wheels.check_wheels(folder)

    def limited(self, name: str, value: int) -> AbstractContextManager[object]:
        return mock.patch.dict(wheels.LIMITS, {name: value})
