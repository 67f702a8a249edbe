"""Word and character error rates of recognised speech or text (extra ``metrics``: jiwer)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from openpot.data.extra_import import import_extra
from openpot.data.metrics.ctc import decode_greedily
from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output
from openpot.errors import ConfigError, MetricError

Decode = Callable[[list[Any]], str]
"""The outputs of one sample to a text."""


class ErrorRate(PerSampleMetric[tuple[int, int]]):
    """Substitutions, deletions and insertions for each unit of the references, over all samples. Lower is better.

    Args:
        alphabet: symbols of the classes of CTC scores, of shape ``(batch, frames, classes)``.
        blank: the class that stands for no symbol.
        output: number of the output.
        decode: makes a text of the outputs in another way; not needed where ``postprocess_output`` makes texts.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.

    Raises:
        MissingExtraError: jiwer is not installed.
        ConfigError: both ``alphabet`` and ``decode`` are given.
    """

    usual_name = ""

    def __init__(
        self,
        alphabet: Sequence[str] | None = None,
        blank: int = 0,
        output: int = 0,
        decode: Decode | None = None,
        key: str | None = None,
        name: str | None = None,
    ) -> None:
        if alphabet is not None and decode is not None:
            raise ConfigError("either alphabet or decode makes a text of the outputs: both were given")
        self._alphabet, self._blank, self._output, self._decode = alphabet, blank, output, decode
        self._library = import_extra("jiwer", "jiwer", "metrics", f"the metric {self.usual_name}")
        super().__init__(name or self.usual_name, key, "error_rate", higher_better=False)

    @abstractmethod
    def compare(self, text: str, reference: str) -> Any:
        """What jiwer finds: hits, substitutions, deletions, insertions."""

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> tuple[int, int]:
        """Number of edits, and of units in the reference."""
        if isinstance(annotation, np.ndarray) and annotation.ndim == 0 and annotation.dtype.kind == "U":
            annotation = str(annotation)
        if not isinstance(annotation, str):
            raise MetricError(f"expected a text as annotation, got {type(annotation).__name__}")
        edits = self.compare(self._read_text(outputs), annotation)
        wrong = edits.substitutions + edits.deletions
        return wrong + edits.insertions, wrong + edits.hits

    def compute_value(self, evidence: Sequence[tuple[int, int]]) -> float:
        """Edits for each unit of the references."""
        edits, units = (sum(entry[side] for entry in evidence) for side in (0, 1))
        return edits / max(units, 1)

    def _read_text(self, outputs: list[Any]) -> str:
        if self._decode is not None:
            return str(self._decode(outputs))
        if len(outputs) > self._output and isinstance(outputs[self._output], str):
            return str(outputs[self._output])
        if self._alphabet is None:
            raise MetricError("outputs are arrays: give alphabet (with blank) for CTC scores, or decode")
        return decode_greedily(choose_output(outputs, self._output), self._alphabet, self._blank)


class WordErrorRate(ErrorRate):
    """The error rate in words, see :class:`ErrorRate`."""

    usual_name = "wer"

    def compare(self, text: str, reference: str) -> Any:
        """Hits, substitutions, deletions and insertions of words."""
        return self._library.process_words(reference, text)


class CharacterErrorRate(ErrorRate):
    """The error rate in characters, see :class:`ErrorRate`."""

    usual_name = "cer"

    def compare(self, text: str, reference: str) -> Any:
        """Hits, substitutions, deletions and insertions of characters."""
        return self._library.process_characters(reference, text)
