"""What stands in for AWS in the tests: moto's server, and a machine of this computer for each of its instances."""
