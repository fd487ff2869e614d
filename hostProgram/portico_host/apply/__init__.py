"""Makes the files on the disk what a state describes, and brings about what has to follow from that."""
