"""What every part needs and that knows nothing of releases: errors, files, processes, paths, the lock, the report."""
