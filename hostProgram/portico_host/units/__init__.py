"""systemd's units: their state and jobs, the two slots of the application, and what explains that one failed."""
