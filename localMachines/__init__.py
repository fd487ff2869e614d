"""Local machines: real Debian machines booted on this computer by systemd-nspawn."""
