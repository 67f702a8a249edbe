"""What a linear layer is, and arithmetic on one layer: rows, levels, weights, mean outputs, bias shifts."""
