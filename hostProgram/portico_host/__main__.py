"""Entry of the bundle: `python3 -I <bundle>.pyz COMMAND`."""

import sys

from portico_host.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
