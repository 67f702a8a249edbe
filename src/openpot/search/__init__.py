"""Searches over quantized models: several candidates, chosen by what they do to the outputs or to the metrics."""
