"""The contract of samplers: :class:`openpot.Sampler`."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from openpot.data.sample import parse_sample
from openpot.errors import OpenPotError
from openpot.inference.feeds import number_batches
from openpot.testing.contract import Faults, is_equal

CHECKED = 64


def check_sampler(sampler: Any, data_loader: Any = None) -> None:
    """Check a sampler.

    It yields lists of samples (or numbers of samples), none of them empty, as many as ``len()`` says, of at most
    ``batch_size`` samples, the same ones in every pass; the numbers lie within the data set; ``num_samples`` counts
    the samples.

    Args:
        sampler: the sampler; its first 64 lists are looked at.
        data_loader: what bare numbers are loaded from.

    Raises:
        ContractError: it does not keep its contract.
    """
    faults = Faults(sampler)
    length = _read_length(sampler, faults)
    first = _walk(sampler, data_loader, faults)
    if first is not None:
        second = _walk(sampler, data_loader, faults)
        if second is not None:
            faults.require(is_equal(first, second), "a second pass yields other samples, or none: __iter__ starts anew")
        _check_counts(sampler, first, length, faults)
    faults.conclude()


def _read_length(sampler: Any, faults: Faults) -> int | None:
    with faults.unless_raised("len()"):
        length = len(sampler)
        faults.require(length > 0, "len() is 0: a sampler yields something")
        return length
    return None


def _walk(sampler: Any, data_loader: Any, faults: Faults) -> list[list[Any]] | None:
    """The data of every sample of every list; None if they cannot be had."""
    lists = []
    try:
        for batch in islice(number_batches(sampler, data_loader), CHECKED + 1):
            if any(isinstance(raw, int | np.integer) for raw in batch.samples):
                faults.add("it yields lists of numbers: numbers of samples come bare, lists hold samples")
                return None
            samples = [parse_sample(raw, index) for raw, index in zip(batch.samples, batch.indices, strict=True)]
            lists.append([sample.data for sample in samples])
    except OpenPotError as error:
        faults.add(str(error))
        return None
    except Exception as error:
        faults.add(f"iterating raised {type(error).__name__}: {error}")
        return None
    return lists


def _check_counts(sampler: Any, lists: list[list[Any]], length: int | None, faults: Faults) -> None:
    is_whole = len(lists) <= CHECKED
    if length is not None and (is_whole or length <= CHECKED):
        shown = len(lists) if is_whole else f"more than {CHECKED}"
        faults.require(length == len(lists), f"len() is {length}, and it yields {shown} lists")
    size = getattr(sampler, "batch_size", None)
    if isinstance(size, int):
        largest = max(map(len, lists))
        faults.require(largest <= size, f"a list holds {largest} samples, and batch_size is {size}")
    count = getattr(sampler, "num_samples", None)
    if is_whole and isinstance(count, int):
        given = sum(map(len, lists))
        faults.require(count == given, f"num_samples is {count}, and it yields {given} samples")
