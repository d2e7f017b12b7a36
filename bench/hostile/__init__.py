"""What somebody may send who means no good, and what becomes of it: `python -m bench.hostile`.

The cases are tests too (tests/api/test_hostile_input.py); here they are timed, and the memory of
the service is looked at. `--fuzz SECONDS` sends random documents instead.
"""
