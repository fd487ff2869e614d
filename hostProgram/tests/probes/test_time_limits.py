"""A limit that was met is told with the setting that it comes from."""

from unittest import mock

from bundles import APP
from fake_systemd import FakeSystemd
from portico_host.base.errors import HostError
from portico_host.base.processes import TimeLimitError
from portico_host.base.values import Fields
from portico_host.bundle.description import App, Health
from portico_host.probes import host_probe, probe, slot_probe
from portico_host.probes.probe import Answer
from portico_host.units import evidence, slots, systemd
from support import HostCase


class TimeLimitTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        for patch in (
            FakeSystemd().in_charge(),
            mock.patch.object(evidence, "of_unit", return_value=["log"]),
            mock.patch.object(probe, "until", return_value=(False, Answer("GET", 500, "no", 0.1))),
        ):
            patch.__enter__()
            self.addCleanup(patch.__exit__, None, None, None)
        self.app = App.read(Fields("app", APP))

    def start_failing(self, error: HostError, result: str) -> str:
        with (
            mock.patch.object(systemd, "start", side_effect=error),
            mock.patch.object(systemd, "show", return_value={"Result": result}),
            self.assertRaises(HostError) as caught,
        ):
            slots.start(self.context, "blue", 40)
        return caught.exception.message

    def test_a_start_that_took_too_long_names_its_setting_whoever_ended_it(self) -> None:
        for error, result in ((TimeLimitError("late"), ""), (HostError("systemctl start"), "timeout")):
            message = self.start_failing(error, result)
            self.assertEqual(
                message,
                "start of slot blue: got no end of it; allowed: a start within 40 s; "
                "see its log below; raise app.startSeconds if its import needs longer",
            )

    def test_a_start_that_failed_has_no_use_for_more_time(self) -> None:
        message = self.start_failing(HostError("systemctl start"), "exit-code")
        self.assertIn("got a failure", message)
        self.assertNotIn("app.startSeconds", message)

    def test_a_stop_that_took_too_long_names_its_settings_and_keeps_the_evidence(self) -> None:
        late = TimeLimitError("late", ["said before"])
        with mock.patch.object(systemd, "stop", side_effect=late), self.assertRaises(HostError) as caught:
            slots.stop("blue", 45)
        self.assertRegex(
            caught.exception.message, "stop of slot blue: got no end .* within 45 s; .*balancer.drainSeconds"
        )
        self.assertEqual(caught.exception.evidence, ["said before"])

    def test_an_application_that_is_not_ready_in_time_names_path_and_time(self) -> None:
        with self.assertRaisesRegex(HostError, "app.readyPath is what is requested, app.readySeconds how long"):
            slot_probe.prove_slot(self.context, self.app, "blue")

    def test_a_host_that_does_not_answer_too_and_a_balancer_has_no_such_setting(self) -> None:
        asked = Health("https://127.0.0.1:8443/healthz", "web.portico.internal", 200, "/etc/portico/tls/server.crt")
        for app, named in ((self.app, True), (None, False)):
            plan = mock.Mock()
            plan.description = mock.Mock(app=app, health=asked, site=None)
            with self.assertRaises(HostError) as caught:
                host_probe.prove_host(self.context, plan, None)
            self.assertEqual(
                "app.livePath is what is requested, app.readySeconds how long" in caught.exception.message, named
            )
