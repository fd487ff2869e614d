import unittest

import support  # noqa: F401
from portico_host.health_check.standing import Standing, choose


def after(standing: Standing, answers: str, start: float = 0) -> Standing:
    """After answers, one a second: + is a good one."""
    for second, answer in enumerate(answers):
        standing = standing.after(answer == "+", answer, start + second)
    return standing


class StandingTest(unittest.TestCase):
    def test_three_bad_answers_in_a_row_take_a_host_out_and_fewer_do_not(self) -> None:
        for answers, good in (("--", True), ("--+--", True), ("---", False), ("+---", False), ("--+---", False)):
            with self.subTest(answers):
                self.assertEqual(after(Standing(), answers).good, good)

    def test_three_good_answers_in_a_row_bring_it_back_and_fewer_do_not(self) -> None:
        for answers, good in (("---++", False), ("---++-++", False), ("---+++", True)):
            with self.subTest(answers):
                self.assertEqual(after(Standing(), answers).good, good)

    def test_a_host_that_fails_again_soon_waits_longer_each_time(self) -> None:
        standing, start, waits = Standing(), 0.0, []
        for _ in range(8):
            standing = after(standing, "---", start)
            out = start + 2
            start = out
            while not standing.good:
                start += 1
                standing = standing.after(True, "+", start)
            waits.append(start - out)
            start += 1
        self.assertEqual(waits, [3, 10, 20, 40, 80, 160, 300, 300])

    def test_a_host_that_was_well_for_five_minutes_begins_anew(self) -> None:
        standing = after(after(Standing(), "---+++"), "---", 100)
        self.assertEqual((standing.relapses, standing.held_until), (1, 112))
        standing = after(standing, "+++", 200)
        standing = after(standing, "---", 502)
        self.assertEqual((standing.good, standing.relapses), (False, 0))
        self.assertTrue(after(standing, "+++", 505).good)


class ChoiceTest(unittest.TestCase):
    def choose(self, verdicts: str, *drained: str) -> tuple[tuple[str, ...], bool]:
        """Hosts a, b, c with the verdict + or -."""
        choice = choose({name: Standing(good=each == "+") for name, each in zip("abc", verdicts, strict=True)}, drained)
        return choice.serving, choice.open

    def test_good_hosts_serve_that_nobody_took_out(self) -> None:
        self.assertEqual(self.choose("+++"), (("a", "b", "c"), False))
        self.assertEqual(self.choose("+-+"), (("a", "c"), False))
        self.assertEqual(self.choose("+-+", "a"), (("c",), False))

    def test_when_none_is_good_all_serve_but_those_out_for_work(self) -> None:
        self.assertEqual(self.choose("---"), (("a", "b", "c"), True))
        self.assertEqual(self.choose("---", "b"), (("a", "c"), True))
        self.assertEqual(self.choose("-+-", "b"), (("a", "c"), True))

    def test_never_none(self) -> None:
        self.assertEqual(self.choose("+-+", "a", "b", "c"), (("a", "c"), False))
        self.assertEqual(self.choose("---", "a", "b", "c"), (("a", "b", "c"), True))


if __name__ == "__main__":
    unittest.main()
