"""Graph rewrites, one per file: insert and remove FakeQuantize, fold, add biases, compress weights."""
