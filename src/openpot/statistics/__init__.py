"""Calibration: what to observe, how to summarise it, and one pass over the data for all of it."""
