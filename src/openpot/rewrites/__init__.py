"""Graph rewrites, one per file: planning, inserting and removing FakeQuantize, folding, weight compression."""
