"""The method's computations: pure functions over values, no database, no sentences."""
