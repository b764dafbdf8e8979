"""The figures of the house, each defined once."""
