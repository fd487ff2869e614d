"""What comes to a host: the bundle, its description, and the files that it brings."""
