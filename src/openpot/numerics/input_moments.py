"""Second moments of what a layer reads, in the original model and in the one whose earlier layers are coded.

With ``F`` the rows that the layer reads in the original and ``Q`` those that it reads now, weights ``V`` give outputs
``Q V^T`` where ``F W^T`` is wanted. The best real ones are ``V^T = W^T - H^-1 Q^T (Q - F) W^T`` with ``H = Q^T Q``;
coding these by ``H`` takes back what the coded layers before do (Li et al., "GPTAQ", 2025).
"""

from __future__ import annotations

import numpy as np

from openpot.numerics.one_thread import run_side_by_side
from openpot.typing_aliases import Array

ROWS_AT_ONCE = 2048
"""Rows of several samples that are multiplied together: one large product takes a fraction of many small ones."""


class InputMoments:
    """Running sums of products of rows.

    Args:
        inputs: length of a row.
    """

    def __init__(self, inputs: int) -> None:
        self._products = np.zeros((inputs, inputs))
        self._differences = np.zeros((inputs, inputs))
        self._waiting: list[tuple[Array, Array]] = []
        self._num_waiting = 0
        self.count = 0

    def add(self, original: Array, given: Array) -> None:
        """Take in what the layer reads for one sample, in both models: any float type, last axis the inputs."""
        inputs = len(self._products)
        before, now = original.reshape(-1, inputs), given.reshape(-1, inputs)
        self._waiting.append((before, now))
        self._num_waiting += len(now)
        self.count += len(now)
        if self._num_waiting >= ROWS_AT_ONCE:
            self._multiply()

    def _multiply(self) -> None:
        if not self._waiting:
            return
        before, now = (np.concatenate(rows, dtype=np.float32) for rows in zip(*self._waiting, strict=True))
        is_changed = any(first is not second for first, second in self._waiting)
        self._waiting, self._num_waiting = [], 0
        tasks = [lambda: now.T @ now]
        if is_changed:
            tasks.append(lambda: now.T @ (now - before))
        products, *differences = run_side_by_side(tasks)
        self._products += products
        for product in differences:
            self._differences += product

    @property
    def products(self) -> Array:
        """``Q^T Q``."""
        self._multiply()
        return self._products

    def damped(self, damping: float) -> Array:
        """``Q^T Q`` with a share of the mean strength of the inputs added to each."""
        extra = max(damping * float(np.diagonal(self.products).mean()), float(np.finfo(np.float32).tiny))
        return np.asarray(self.products + extra * np.eye(len(self.products)))

    def corrected(self, weights: Array, damping: float) -> Array:
        """The weights ``(rows, inputs)`` that give the original outputs best, regularized towards ``weights``."""
        wanted = self.damped(damping), self._differences
        if len(weights) < len(wanted[0]):
            moved = np.linalg.solve(wanted[0], wanted[1].astype(np.float32) @ weights.T)
            return np.asarray(weights - moved.T, np.float32)
        shift = np.linalg.solve(*wanted)
        return np.asarray(weights - weights @ shift.T.astype(np.float32), np.float32)
