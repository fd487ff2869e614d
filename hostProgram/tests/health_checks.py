"""A balancer for tests of the health check: hosts answer as the test says, Nginx takes each list."""

import json
from dataclasses import replace
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.health_check import agent, check_state, http_check, names, servers
from portico_host.nginx import nginx_reload
from support import HostCase, printed

WEB = ("web-1", "web-2", "web-3")
FINE = http_check.Result(True, "200 (after 0.0 s)")
SILENT = http_check.Result(False, "no answer within 2 s")
UNREACHED = http_check.Result(False, "no answer within 2 s", reached=False)


class HealthCheckCase(HostCase):
    """`silent` hosts do not answer, `unreached` ones do not shake hands either, `shared` ones have no name of their own. `time` is the clock of the health check; `reloads` the lists that Nginx took."""

    def setUp(self) -> None:
        super().setUp()
        self.silent: set[str] = set()
        self.unreached: set[str] = set()
        self.shared: set[str] = set()
        self.time = 1000.0
        self.reloads: list[str] = []
        self.closings: list[float] = []
        self.nginx_takes = True
        self.list_hosts(*WEB)
        self.paths.live(servers.FOLDER).mkdir(parents=True)
        self.paths.live(check_state.FOLDER).mkdir(parents=True)
        for target, name, replacement in (
            (http_check, "check_all", self.check_all),
            (check_state, "clock", lambda: self.time),
            (nginx_reload, "master", lambda paths: 4711),
            (nginx_reload, "reload", self.reload),
        ):
            patch = mock.patch.object(target, name, replacement)
            patch.start()
            self.addCleanup(patch.stop)
        said = printed()
        self.said = said.__enter__()
        self.addCleanup(said.__exit__, None, None, None)
        self.agent = agent.Agent(self.context)

    def verified(self) -> list[str]:
        """The names that Nginx verifies of the hosts, in their order."""
        return [line.split()[-1].rstrip(";") for line in (names.current(self.paths) or "").splitlines()[1:]]

    def list_hosts(self, *names: str) -> None:
        place = self.paths.live("/etc/portico/watch.json")
        place.parent.mkdir(parents=True, exist_ok=True)
        hosts = [{"name": name, "address": f"10.0.0.{name[-1]}", "server": f"10.0.0.{name[-1]}:8443"} for name in names]
        place.write_text(json.dumps({"hosts": hosts}))

    async def check_all(self, _paths: object, hosts: tuple[agent.balanced_hosts.Host, ...]) -> list[http_check.Result]:
        return [self.result(host.name) for host in hosts]

    def result(self, name: str) -> http_check.Result:
        if name in self.unreached:
            return UNREACHED
        shown = (names.SHARED,) if name in self.shared else (names.SHARED, names.own(name))
        return replace(SILENT if name in self.silent else FINE, names=shown)

    def reload(self, _paths: object, _signal: object, seconds: float) -> None:
        if not self.nginx_takes:
            raise HostError("reload of Nginx: got workers with the old settings")
        self.reloads.append(self.listed())
        self.closings.append(seconds)

    def rounds(self, number: int = 1) -> None:
        for _ in range(number):
            self.time += 1
            self.agent.round()

    def listed(self) -> str:
        """Nginx's list in short: web-1, (web-2) for a backup, -web-3 for one that is down."""
        words = []
        for line in (self.paths.live(servers.FOLDER) / servers.NAME).read_text().splitlines()[1:]:
            address, *role = line.removeprefix("server 10.0.0.").rstrip(";").split()
            words.append({"": "{}", "backup": "({})", "down": "-{}"}["".join(role)].format(f"web-{address[0]}"))
        return " ".join(words)

    def lines(self) -> list[str]:
        """What the journal got since the last call."""
        lines = [line.removeprefix("portico: test: ") for line in self.said.getvalue().splitlines()]
        self.said.seek(0)
        self.said.truncate()
        return lines
