"""Tells CloudWatch how this host is (`portico-host observe`): metrics, and what its units and Nginx log."""
