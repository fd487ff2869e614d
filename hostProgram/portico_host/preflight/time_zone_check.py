"""The time zone that the application is started with: a name that the host does not have means UTC, without a word."""

import re

from ..base.context import Context
from ..base.errors import HostError, fault
from ..release.revisions import ENVIRONMENT, folder
from ..state.plan import Plan

ZONES = "/usr/share/zoneinfo"
# What environmentLines() of the deployer writes.
LINE = re.compile(r'^TZ=("?)(.*)\1$', re.MULTILINE)
# Rules instead of a name, as EST5EDT or <+0330>-3:30. https://man7.org/linux/man-pages/man3/tzset.3.html
RULES = re.compile(r"([A-Za-z]{3,}|<[A-Za-z0-9+-]+>)[+-]?\d.*")


def check_time_zone(context: Context, plan: Plan) -> None:
    """`HostError` for a TZ in `app.environment` that is neither a zone of this host nor rules."""
    assert plan.revision is not None
    found = LINE.search((folder(context, plan.revision) / ENVIRONMENT).read_text())
    zone = found[2].removeprefix(":") if found else ""
    if zone == "" or RULES.fullmatch(zone) or context.paths.live(f"{ZONES}/{zone}").is_file():
        return
    remedy = "name the zone by continent and city, or install tzdata-legacy on the hosts, which has the old names"
    raise HostError(fault("app.environment.TZ", zone, f"a zone in {ZONES} of this host", remedy))
