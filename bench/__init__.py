"""Benchmarks on the data in ../shared/data (or KG_TEST_DATA): `python -m bench.resolution` and so on."""
