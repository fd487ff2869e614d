"""Run in an environment made from requirements.lock, in the folder above: `python -m unittest`."""
