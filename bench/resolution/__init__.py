"""How well and how quickly names are resolved, on worlds made of the data in ../shared/data."""
