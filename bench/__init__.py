"""Benchmarks on the data in ../shared/data, or in KG_TEST_DATA: `python -m bench.resolution`."""
