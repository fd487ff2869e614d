"""Read only when a run of a schedule is about to end."""

NOTE = "first"
