"""Sends CloudWatch the state of this host (`portico-host observe`): metrics, and what its units and Nginx log."""
