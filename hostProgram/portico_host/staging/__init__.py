"""Prepares a state beside the one that serves: `stage` with its rehearsal, and `migrate`."""
