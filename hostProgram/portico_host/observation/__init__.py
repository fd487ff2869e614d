"""Tells CloudWatch how this host is: what it measures, and what its units and Nginx log."""
