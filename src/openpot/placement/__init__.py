"""Decides on snapshots of the graph what is quantized how; changes no model."""
