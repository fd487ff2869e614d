"""Requests over HTTP, as whoever depends on the answer would send them: to one slot, to this host."""
