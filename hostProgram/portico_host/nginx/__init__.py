"""Nginx as it runs here: its unit, its reload, what it shows visitors."""
