"""Engines: they answer with the outputs, metrics and statistics of a model on a user's data."""
