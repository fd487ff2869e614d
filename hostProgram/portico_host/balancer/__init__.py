"""What the balancer does in an update before its own switch: it asks hosts and the site, and learns an authority."""
