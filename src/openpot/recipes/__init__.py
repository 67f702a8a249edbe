"""Algorithms composed of others and of searches: what users name in a pipeline."""
