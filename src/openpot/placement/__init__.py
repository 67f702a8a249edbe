"""Deciding on snapshots of the graph what is quantized how. Changes no model."""
