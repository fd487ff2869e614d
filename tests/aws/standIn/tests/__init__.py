"""Tests of the stand-in for AWS; they need neither moto nor machines."""
