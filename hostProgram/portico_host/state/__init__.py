"""What this host remembers, each in a file of its own that versions before and after can read: staged states, record, lease."""
