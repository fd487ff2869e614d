import { group, type Probe } from "../probe";

/** The balancer's health check: who is checked, how, and what follows. */
export const hostHealthCheck: readonly Probe[] = [
  ...group({ python: ["test_standing", "test_agent", "test_drain", "test_http_check"] }, [
    {
      name: "connections to a host that answers late end",
      file: "health_check/agent.py",
      find: " and not result.reached",
      replace: "",
    },
    {
      name: "all connections end when no host is left",
      file: "health_check/agent.py",
      find: "        if not choice.open:\n            unreached",
      replace: "        if True:\n            unreached",
    },
    {
      name: "a filter that names no host ends all connections",
      file: "health_check/unreached.py",
      find: "    if not hosts:\n        return\n",
      replace: "",
    },
    {
      name: "a host that does not shake hands counts as reached",
      file: "health_check/http_check.py",
      find: "shaken.names is not None, shaken.names",
      replace: "names=shaken.names",
    },
    {
      name: "two bad answers take a host out",
      file: "standing.py",
      find: "BAD_ANSWERS = 3",
      replace: "BAD_ANSWERS = 2",
    },
    {
      name: "a host that relapses is back at once",
      file: "standing.py",
      find: " and now >= self.held_until",
      replace: "",
    },
    {
      name: "a relapse waits without end",
      file: "standing.py",
      find: "min(FIRST_HOLD_SECONDS * 2 ** (relapses - 1), LONGEST_HOLD_SECONDS)",
      replace: "FIRST_HOLD_SECONDS * 2 ** (relapses - 1)",
    },
    {
      name: "where none answers none serves",
      file: "standing.py",
      find: "return Choice(good or tuple(eligible), not good)",
      replace: "return Choice(good, not good)",
    },
    {
      name: "the last host can be drained",
      file: "health_check/drain.py",
      find: "        if not others:",
      replace: "        if False:",
    },
    {
      name: "a host that is out for want of answers passes the gate before it gets requests again",
      file: "health_check/drain.py",
      find: "        if not out or",
      replace: "        if True or",
    },
    {
      name: "a list that Nginx did not take counts as applied",
      file: "agent.py",
      find: "            return replace(known, unread=True)\n        finally",
      replace: "            return replace(known, applied=True)\n        finally",
    },
    {
      name: "a drained host is a backup",
      file: "servers.py",
      find: 'return " down" if name in drained else " backup"',
      replace: 'return " backup"',
    },
    {
      name: "any answer is a healthy host",
      file: "http_check.py",
      find: "return Result(status == 200,",
      replace: "return Result(status > 0,",
    },
  ]),
];
