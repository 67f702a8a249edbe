"""The cases of ``benchmarks/reliability.py``, one part a file, and what runs and grades them."""
