"""What is not as it should be on this host. Every module looks at one subject, and only looks."""
