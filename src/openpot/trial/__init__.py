"""The trial graph: quantizers, ranges and bias shifts as inputs of one compiled graph; its parts and its runs."""
