"""What a balancer shows visitors and trusts of hosts: now, by its live files, and after its switch, by staged ones."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.contract import PATHS
from ..state.plan import Plan
from ..units import systemd
from . import certificates, nginx_unit

SITE = PATHS["balancerSite"].lstrip("/")
AUTHORITY = PATHS["authorityCertificate"].lstrip("/")
CLIENT = PATHS["clientCertificate"].lstrip("/")
NAMES = re.compile(r"^\s*server_name\s+([^;]+);", re.MULTILINE)
# The server for unknown names.
NOBODY = "_"


@dataclass(frozen=True)
class Front:
    """`names` are those of the site, its first one first; `authority` is the file that hosts are verified by.

    `client` is the file of the certificate that hosts are shown, with its key; a balancer from before has none.
    """

    names: tuple[str, ...]
    authority: Path
    client: Path

    @staticmethod
    def live(context: Context, certificate: str) -> "Front | None":
        """What the balancer here has now; None where none runs yet. `certificate` is the path of the site's."""
        root = context.paths.root
        wanted = (root / SITE, root / AUTHORITY, context.paths.live(certificate))
        if not systemd.is_active(nginx_unit.UNIT) or not all(path.exists() for path in wanted):
            return None
        return Front(_names(root / SITE), root / AUTHORITY, root / CLIENT)

    @staticmethod
    def staged(plan: Plan) -> "Front":
        return Front(_names(plan.tree / SITE), plan.tree / AUTHORITY, plan.tree / CLIENT)

    def certificates(self) -> tuple[str, ...]:
        """The authorities that are trusted, PEM, in their order."""
        return certificates.read(self.authority)


def _names(site: Path) -> tuple[str, ...]:
    """The names that Nginx passes on, as its configuration has them: the description of an older state lists one."""
    lists = [found.split() for found in NAMES.findall(site.read_text())]
    return tuple(dict.fromkeys(name for names in lists for name in names if name != NOBODY))
