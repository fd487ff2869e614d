"""Asks over HTTP, as whoever depends on the answer would: one slot, this host."""
