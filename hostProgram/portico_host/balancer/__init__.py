"""What the balancer does in an update before its own switch: it checks hosts and the site, and trusts an authority."""
