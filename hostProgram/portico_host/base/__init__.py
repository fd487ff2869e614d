"""What every part needs and that does not depend on releases: errors, files, processes, paths, the lock, the report."""
