"""The programs that a state is for check their own files, before these are in place."""
