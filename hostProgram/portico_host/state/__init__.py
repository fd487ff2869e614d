"""What this host records, each in a file of its own that versions before and after can read: staged states, record, lease."""
