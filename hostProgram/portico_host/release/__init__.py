"""Releases on this host: unpacked, with environment, settings and secrets; compared, repaired, kept and removed."""
