import json
import unittest

from health_checks import WEB, HealthCheckCase
from portico_host.health_check import agent, check_state, marks, servers, unreached
from portico_host.nginx import nginx_reload


class AgentTest(HealthCheckCase):
    def test_while_all_answer_nginx_is_told_nothing_but_its_first_list(self) -> None:
        self.rounds(10)
        self.assertEqual((self.reloads, self.lines()), (["web-1 web-2 web-3"], []))

    def test_a_host_that_does_not_answer_leaves_the_list_with_its_reason_and_comes_back(self) -> None:
        self.rounds()
        self.silent = {"web-2"}
        self.rounds(2)
        self.assertEqual(self.listed(), "web-1 web-2 web-3")
        self.rounds()
        self.assertEqual(self.listed(), "web-1 (web-2) web-3")
        self.assertEqual(
            self.lines(), ["web-2 (10.0.0.2) does not answer: no answer within 2 s; serving: web-1, web-3"]
        )
        self.silent = set()
        self.rounds(3)
        back = "web-2 (10.0.0.2) answers again: 200 (after 0.0 s); serving: web-1, web-2, web-3"
        self.assertEqual(self.lines(), [back])
        self.assertEqual(self.reloads, ["web-1 web-2 web-3", "web-1 (web-2) web-3", "web-1 web-2 web-3"])

    def test_nginx_is_in_a_hurry_only_when_a_host_has_to_leave(self) -> None:
        self.rounds()
        self.silent = {"web-2"}
        self.rounds(3)
        self.silent = set()
        self.rounds(3)
        usual, hurry = nginx_reload.CLOSING_SECONDS, nginx_reload.HURRY_SECONDS
        self.assertEqual(self.closings, [usual, hurry, usual])

    def test_connections_to_a_host_that_is_gone_end_once_with_its_verdict(self) -> None:
        place = self.paths.live(unreached.FILTER)
        self.rounds()
        self.unreached = {"web-2"}
        self.rounds(2)
        self.assertFalse(place.exists())
        self.unreached = {"web-2", "web-3"}
        self.rounds()
        self.assertEqual(place.read_text(), "dst 10.0.0.2:8443\n")
        place.unlink()
        self.rounds()
        self.assertFalse(place.exists())
        self.rounds()
        self.assertEqual(place.read_text(), "dst 10.0.0.3:8443\n")

    def test_several_that_are_gone_together_are_one_filter(self) -> None:
        self.unreached = {"web-2", "web-3"}
        self.rounds(3)
        self.assertEqual(self.paths.live(unreached.FILTER).read_text(), "dst 10.0.0.2:8443 or dst 10.0.0.3:8443\n")

    def test_connections_stay_to_a_host_that_answers_late_or_badly_and_where_no_other_is_left(self) -> None:
        self.silent = {"web-2"}
        self.rounds(3)
        self.unreached = set(WEB)
        self.rounds(3)
        self.assertFalse(self.paths.live(unreached.FILTER).exists())

    def test_when_none_answers_all_stay_and_the_first_that_answers_takes_over(self) -> None:
        self.rounds()
        self.silent = set(WEB)
        self.rounds(3)
        self.assertEqual(self.listed(), "web-1 web-2 web-3")
        self.assertIn("no host answers, so all of them get requests; serving: web-1, web-2, web-3", self.lines())
        self.rounds(5)
        self.assertEqual(self.lines(), [])
        self.silent = {"web-1", "web-2"}
        self.rounds(3)
        self.assertEqual(self.listed(), "(web-1) (web-2) web-3")

    def test_the_last_one_that_answered_stays_with_all_others(self) -> None:
        self.rounds()
        for silent in ({"web-1"}, {"web-1", "web-2"}, set(WEB)):
            self.silent = silent
            self.rounds(3)
        self.assertEqual(self.reloads[1:], ["(web-1) web-2 web-3", "(web-1) (web-2) web-3", "web-1 web-2 web-3"])

    def test_a_host_that_is_out_for_work_gets_nothing_whatever_it_answers(self) -> None:
        self.rounds()
        marks.save(self.paths, {"web-2": marks.Mark.begin("new memory")})
        self.rounds()
        self.assertEqual(self.listed(), "web-1 -web-2 web-3")
        self.assertEqual(self.lines(), ["web-2 is taken out for work: new memory; serving: web-1, web-3"])
        self.silent = set(WEB)
        self.rounds(3)
        self.assertEqual(self.listed(), "web-1 -web-2 web-3")
        self.silent = set()
        self.rounds(3)
        self.lines()
        marks.save(self.paths, {})
        self.rounds()
        self.assertEqual(self.listed(), "web-1 web-2 web-3")
        self.assertEqual(self.lines(), ["web-2 is not out for work any more; serving: web-1, web-2, web-3"])

    def test_the_next_start_goes_on_where_this_one_ended(self) -> None:
        self.silent = {"web-2"}
        self.rounds(3)
        before = list(self.reloads)
        self.agent = agent.Agent(self.context)
        self.rounds(5)
        self.assertEqual((self.reloads, self.listed()), (before, "web-1 (web-2) web-3"))

    def test_a_list_that_nginx_had_no_time_to_read_is_told_again_by_the_next_start(self) -> None:
        self.rounds()
        self.silent = {"web-2"}
        self.nginx_takes = False
        self.rounds(3)
        fault = "Nginx does not have the new list: reload of Nginx: got workers with the old settings"
        self.assertIn(fault, self.lines())
        self.rounds(5)
        self.assertEqual(self.lines(), [])
        self.nginx_takes = True
        self.agent = agent.Agent(self.context)
        self.rounds()
        self.assertEqual(self.reloads[1:], ["web-1 (web-2) web-3"])

    def test_a_release_that_writes_just_now_is_waited_for(self) -> None:
        self.rounds()
        release = nginx_reload.Turn()
        self.assertTrue(release.take(self.paths.live(servers.FOLDER)))
        self.list_hosts("web-1", "web-2")
        self.rounds(3)
        self.assertEqual(self.listed(), "web-1 web-2 web-3")
        servers.refresh(self.paths)
        release.end()
        self.rounds()
        self.assertEqual((self.listed(), len(self.reloads)), ("web-1 web-2", 1))

    def test_what_closes_connections_goes_when_nobody_is_about_to_reload(self) -> None:
        flag = self.paths.live(nginx_reload.CLOSING)
        flag.parent.mkdir(parents=True)
        flag.touch()
        release = nginx_reload.Turn()
        self.assertTrue(release.take(self.paths.live(servers.FOLDER)))
        self.rounds()
        self.assertTrue(flag.exists())
        release.end()
        self.rounds()
        self.assertFalse(flag.exists())

    def test_what_a_release_writes_leaves_those_out_that_were(self) -> None:
        self.silent = {"web-1"}
        self.rounds(3)
        marks.save(self.paths, {"web-3": marks.Mark.begin("work")})
        self.list_hosts("web-1", "web-2", "web-3", "web-4")
        servers.refresh(self.paths)
        self.assertEqual(self.listed(), "(web-1) web-2 -web-3 web-4")

    def test_status_shows_each_host_with_the_reason(self) -> None:
        self.silent = {"web-2"}
        self.rounds(3)
        marks.save(self.paths, {"web-3": marks.Mark("new memory", "2026-01-01T00:00:00Z")})
        shown = check_state.report(self.paths, WEB)
        assert shown is not None
        json.dumps(shown)
        serves = {name: host["serves"] for name, host in shown["hosts"].items()}
        self.assertEqual(serves, {"web-1": True, "web-2": False, "web-3": True})
        self.assertEqual(shown["hosts"]["web-2"]["last"], "no answer within 2 s")
        self.assertEqual(shown["hosts"]["web-3"]["drained"], {"why": "new memory", "since": "2026-01-01T00:00:00Z"})
        self.assertEqual((shown["applied"], shown["running"]), (True, True))
        self.time += 60
        self.assertFalse((check_state.report(self.paths, WEB) or {})["running"])
        self.assertIsNone(check_state.report(self.paths, ()))

    def test_marks_that_cannot_be_read_keep_nobody_from_being_judged(self) -> None:
        marks.save(self.paths, {"web-2": marks.Mark.begin("new memory")})
        self.rounds()
        self.lines()
        (self.paths.state / "drained.json").write_text('{"web-2": {"format": 2}}')
        self.silent = {"web-1"}
        self.rounds(3)
        self.assertEqual(self.listed(), "(web-1) -web-2 web-3")
        self.assertEqual(sum("stay what they were" in line for line in self.lines()), 1)

    def test_a_state_with_more_is_read_and_one_of_a_newer_format_is_none(self) -> None:
        self.rounds()
        place = self.paths.live(check_state.FOLDER) / "state.json"
        value = json.loads(place.read_text())
        before = check_state.load(self.paths)
        self.assertNotEqual(before, check_state.State())
        value["standings"]["web-1"]["new"] = 1
        place.write_text(json.dumps({**value, "new": 1}))
        self.assertEqual(check_state.load(self.paths), before)
        place.write_text(json.dumps({**value, "format": 2}))
        self.assertEqual(check_state.load(self.paths), check_state.State())

    def test_a_state_of_another_version_is_no_state(self) -> None:
        place = self.paths.live(check_state.FOLDER) / "state.json"
        for content in ("", "[]", "{}", '{"standings": {"web-1": {"unknown": 1}}}', '{"standings": [], "seen": 5}'):
            with self.subTest(content):
                place.write_text(content)
                self.assertEqual(check_state.load(self.paths), check_state.State())


if __name__ == "__main__":
    unittest.main()
