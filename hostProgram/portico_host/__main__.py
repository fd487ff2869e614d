"""Entry of the bundle: `python3 -I <bundle>.pyz COMMAND`."""

import sys
from pathlib import Path

from portico_host import byte_code


def main() -> int:
    """All but this module and that of the byte code is imported when it is known where from."""
    byte_code.use(Path(sys.argv[0]))
    from portico_host import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
