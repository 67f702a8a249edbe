"""Weights alone in few bits: which tensors are weights, what each is stored as, and what that does to the outputs."""
