"""The host program of Portico: brings one machine to one release, as one transaction per call."""
