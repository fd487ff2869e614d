"""Entry point of the bundle, which Python runs as one file."""

from portico_host.__main__ import main

raise SystemExit(main())
