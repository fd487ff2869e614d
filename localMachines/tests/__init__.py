"""Tests of the local machines."""
