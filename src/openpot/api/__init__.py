"""The functions that ``import openpot`` offers, ``openpot.quantize`` first, and what only they need."""
