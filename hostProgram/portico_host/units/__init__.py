"""systemd's units: asked and told, the two slots of the application, and what explains that one failed."""
