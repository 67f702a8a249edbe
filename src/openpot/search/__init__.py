"""Searches over quantized models: several candidates, judged by what they do to the outputs."""
