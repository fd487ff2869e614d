from typing import Any
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.preflight.time_zone_check import ZONES, check_time_zone
from portico_host.release import revisions
from support import HostCase


class TimeZoneTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        for zone in ("America/New_York", "UTC"):
            place = self.paths.live(f"{ZONES}/{zone}")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"TZif")

    def check(self, environment: str) -> None:
        place = revisions.folder(self.context, "v1")
        place.mkdir(parents=True, exist_ok=True)
        (place / revisions.ENVIRONMENT).write_text(environment)
        plan: Any = mock.Mock(revision="v1")
        check_time_zone(self.context, plan)

    def test_takes_zones_of_the_host_rules_and_none_at_all(self) -> None:
        for value in ("America/New_York", ":UTC", "EST5EDT", "EST5EDT,M3.2.0,M11.1.0", "<+0330>-3:30", ""):
            with self.subTest(value):
                self.check(f'A="b"\nTZ="{value}"\nPORTICO_RELEASE="r1"\n')
        self.check('A="TZ=Nowhere"\nXTZ="Nowhere/At_All"\n')

    def test_refuses_old_and_wrong_names_which_would_mean_utc_without_a_word(self) -> None:
        for value in ("US/Eastern", "Japan", "America/New_york", "America"):
            with self.subTest(value), self.assertRaises(HostError) as caught:
                self.check(f'TZ="{value}"\n')
            self.assertIn(f"app.environment.TZ: got {value}; allowed: a zone in {ZONES}", caught.exception.message)
            self.assertIn("tzdata-legacy", caught.exception.message)
