"""Makes the files on the disk what a state wants, and brings about what has to follow from that."""
