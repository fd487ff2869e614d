import unittest
from pathlib import Path
from unittest import mock

from bundles import description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.system import facts
from support import HostCase

HERE = {"id": "debian-13", "python": "3.13", "nginx": "1.26", "openssl": "3.5", "systemd": "257"}


class FactsTest(HostCase):
    def check(self, found: dict[str, str], missing: list[str] | None = None, free: int = 1 << 40) -> None:
        with (
            mock.patch.object(facts, "read_facts", return_value=found),
            mock.patch.object(facts, "missing_packages", return_value=missing or []),
            mock.patch.object(facts.shutil, "disk_usage", return_value=mock.Mock(free=free)),
        ):
            facts.check(self.context, Description.read(description({})))

    def test_takes_the_platform_that_the_files_were_rendered_for(self) -> None:
        self.check(HERE)

    def test_names_every_difference_at_once(self) -> None:
        with self.assertRaises(HostError) as caught:
            self.check({**HERE, "nginx": "1.22", "systemd": "252"}, ["nginx"], 1 << 20)
        lines = [caught.exception.message, *caught.exception.evidence]
        self.assertEqual(
            [line.split("; ")[0] + "; " + line.split("; ")[1] for line in lines],
            [
                "platform.nginx: got 1.22; allowed: 1.26",
                "platform.systemd: got 252; allowed: 257",
                "packages: got no nginx; allowed: all of the role's packages",
                "disk: got 1 MB free; allowed: 200 MB or more",
            ],
        )

    def test_the_fullest_of_several_disks_counts_also_before_its_folder_is_there(self) -> None:
        self.paths.live("/opt").mkdir(exist_ok=True)

        def free(place: Path) -> mock.Mock:
            return mock.Mock(free=3 << 20 if place.is_relative_to(self.paths.live("/opt")) else 1 << 40)

        with mock.patch.object(facts.shutil, "disk_usage", side_effect=free):
            self.assertEqual(facts.missing_room(self.context), "3 MB free below /opt/portico")

    def test_a_program_that_is_missing_is_a_difference(self) -> None:
        with self.assertRaisesRegex(HostError, "platform.nginx: got not installed; allowed: 1.26"):
            self.check({**HERE, "nginx": "not installed"})

    def test_a_program_that_cannot_be_run_has_no_version(self) -> None:
        self.assertEqual(facts._version(["/nowhere/nginx", "-v"], "x"), "not installed")


if __name__ == "__main__":
    unittest.main()
