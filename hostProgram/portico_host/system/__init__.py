"""The host below: its platform and packages, users, kernel settings, mounts, and where this program is installed."""
