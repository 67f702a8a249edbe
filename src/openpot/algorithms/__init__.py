"""The algorithms, one per file: they decide; rewrites and numerics do."""
