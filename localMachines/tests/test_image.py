"""Tests of the image cache; mmdebstrap is played by a script that notes its words."""

import os
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

from ..base.faults import Fault
from ..image import image
from .support import AS_ROOT, PROGRAM, FolderTest, run_program

PLAYED = """#!/bin/sh
echo "$@" >> "$PORTICO_TEST_CALLS"
echo "I: running apt-get update..." >&2
[ -z "$PORTICO_TEST_PAUSE" ] || sleep "$PORTICO_TEST_PAUSE"
[ -z "$PORTICO_TEST_FAIL" ] || { echo "E: no mirror" >&2; exit 25; }
for word in "$@"; do case $word in *.tar) echo image > "$word";; esac; done
"""


class ImagePath(FolderTest):
    """Where an image is cached."""

    def test_follows_the_cache_folder_of_the_user(self) -> None:
        with mock.patch.dict(os.environ, PORTICO_CACHE_DIR=str(self.folder)):
            self.assertEqual(image.image_path("trixie").parent, self.folder / "images")
        with mock.patch.dict(os.environ, XDG_CACHE_HOME="/x/cache"):
            os.environ.pop("PORTICO_CACHE_DIR", None)
            self.assertEqual(image.image_path("trixie").parent, Path("/x/cache/portico/images"))

    def test_changes_with_suite_packages_and_recipe(self) -> None:
        names = {image.image_path("trixie").name, image.image_path("bookworm").name}
        with mock.patch.object(image, "PACKAGES", (*image.PACKAGES, "nftables")):
            names.add(image.image_path("trixie").name)
        with mock.patch.object(image, "FINISH", self.write("finish.sh", "true")):
            names.add(image.image_path("trixie").name)
        names.add(image.image_path("trixie", kind="cloud").name)
        names.add(image.image_path("trixie", kind="database").name)
        self.assertEqual(len(names), 6)

    def test_refuses_an_unknown_suite(self) -> None:
        with self.assertRaisesRegex(Fault, "^suite: got sid; allowed: trixie, bookworm"):
            image.image_path("sid")


@AS_ROOT
class EnsureImage(FolderTest):
    """Making an image once."""

    def setUp(self) -> None:
        super().setUp()
        self.write("bin/mmdebstrap", PLAYED, 0o755)
        self.calls = self.write("calls", "")
        self.environment = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "PORTICO_CACHE_DIR": str(self.folder / "cache"),
            "PORTICO_TEST_CALLS": str(self.calls),
            "PORTICO_TEST_FAIL": "",
            "PORTICO_TEST_PAUSE": "",
        }

    def ensure(self, **changes: str):
        return run_program("image", "--suite", "trixie", **{**self.environment, **changes})

    def start(self, **changes: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(PROGRAM), "image", "--suite", "trixie"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment, **changes},
        )

    def cached(self) -> list[str]:
        return sorted(path.suffix for path in (self.folder / "cache/images").iterdir())

    def test_makes_it_with_all_packages_and_prints_its_path_alone(self) -> None:
        done = self.ensure(PORTICO_TEST_PAUSE="0.5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(Path(done.stdout.strip()).read_text(), "image\n")
        words = self.calls.read_text()
        for expected in ("--variant=minbase", "openssh-server", "trixie-security main", "--customize-hook="):
            self.assertIn(expected, words)
        self.assertRegex(done.stderr, r"portico: image trixie: \d+\.\d s: running apt-get update")
        self.assertEqual(self.cached(), [".lock", ".tar"])

    def test_the_image_for_user_data_has_cloud_init_and_the_plain_one_has_not(self) -> None:
        run_program("image", "--suite", "trixie", "--cloud", **self.environment)
        self.ensure()
        cloud, plain = self.calls.read_text().splitlines()
        self.assertIn(",cloud-init,", cloud)
        self.assertNotIn("cloud-init", plain)

    def test_makes_it_once(self) -> None:
        first, second = self.ensure(), self.ensure()
        self.assertEqual((second.stdout, second.stderr), (first.stdout, ""))
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)

    def test_two_calls_at_once_make_it_once(self) -> None:
        calls = [self.start(PORTICO_TEST_PAUSE="0.4") for _ in range(2)]
        ends = [(*call.communicate(), call.returncode) for call in calls]
        self.assertEqual([end[2] for end in ends], [0, 0], ends)
        self.assertEqual(ends[0][0], ends[1][0])
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)
        self.assertIn("waiting for another call", ends[0][1] + ends[1][1])

    def test_a_failure_shows_the_end_of_the_log_and_leaves_no_image(self) -> None:
        done = self.ensure(PORTICO_TEST_FAIL="1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("mmdebstrap: got exit code 25", done.stderr)
        self.assertIn("E: no mirror", done.stderr)
        self.assertEqual(self.cached(), [".lock"])
        self.assertEqual(self.ensure().returncode, 0)

    def test_a_killed_call_leaves_nothing_that_the_next_trips_over(self) -> None:
        killed = self.start(PORTICO_TEST_PAUSE="0.5")
        while not self.calls.read_text():
            time.sleep(0.02)
        killed.kill()
        killed.communicate()
        done = self.ensure()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.cached(), [".lock", ".tar"])

    def test_the_proxy_of_this_computer_travels_in_a_private_file(self) -> None:
        self.write("bin/apt-config", "#!/bin/sh\necho 'Acquire::http::Proxy \"http://user:word@proxy.test\";'\n", 0o755)
        self.assertEqual(self.ensure().returncode, 0)
        words = self.calls.read_text()
        self.assertIn("--aptopt=/", words)
        self.assertNotIn("word@", words)
