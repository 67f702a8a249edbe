"""A data set in two parts: samples that calibrate, and held-out ones that nothing is computed from."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from openpot.data.loader import DataLoader
from openpot.errors import ConfigError, OpenPotError

_NUMBERS = re.compile(r"\b(samples? )(\d+(?:, \d+)*)")


class SelectedSamples(DataLoader):
    """Some samples of another loader.

    Args:
        source: the whole data set.
        numbers: of the selected samples in it, in their order.
    """

    def __init__(self, source: DataLoader, numbers: Sequence[int]) -> None:
        super().__init__(getattr(source, "config", None))
        self.source = source
        self.numbers = tuple(numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Any:
        return self.source[self.numbers[index]]


def hold_out(
    source: DataLoader, share: float, seed: int, is_stream: bool = False
) -> tuple[SelectedSamples, SelectedSamples]:
    """The samples that calibrate, and those that are held out: at least one each.

    Args:
        source: at least two samples.
        share: of the data set that is held out, between 0 and 1.
        seed: of the draw.
        is_stream: neighbours belong together: the last samples are held out instead of a draw.
    """
    available = len(source)
    count = min(max(round(share * available), 1), available - 1)
    drawn = range(available - count, available)
    held_out = set(drawn if is_stream else random.Random(seed).sample(range(available), count))  # noqa: S311  no secret
    others = [number for number in range(available) if number not in held_out]
    return SelectedSamples(source, others), SelectedSamples(source, sorted(held_out))


def check_share(share: float) -> float:
    """A share that can be held out.

    Raises:
        ConfigError: it is no number from 0 up to 1, without 1.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise ConfigError(f"validation_share must be a number from 0 to below 1, got {share!r}: 0 holds out nothing")
    return float(share)


@contextmanager
def numbers_of_whole_set(loader: DataLoader) -> Iterator[None]:
    """Errors inside name samples by their numbers in the whole data set, not by those among the selected ones."""
    try:
        yield
    except OpenPotError as error:
        if isinstance(loader, SelectedSamples):
            error.args = tuple(_renumber(part, loader) if isinstance(part, str) else part for part in error.args)
        raise


def _renumber(text: str, loader: SelectedSamples) -> str:
    def name_in_source(match: re.Match[str]) -> str:
        numbers = [int(number) for number in match[2].split(", ")]
        if any(number >= len(loader) for number in numbers):
            return match[0]
        return match[1] + ", ".join(str(loader.numbers[number]) for number in numbers)

    return _NUMBERS.sub(name_in_source, text)
