"""The balancer's active health check of its hosts (`portico-host watch`), and taking one out for work."""
