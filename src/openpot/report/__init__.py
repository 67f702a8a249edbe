"""Render result records as text and JSON; computes nothing."""
