"""From a sampler to parsed items that know their number in the data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from openpot.data.item import Item, load_item, parse_item
from openpot.data.sampler import BatchSampler
from openpot.errors import DataError


def item_batches(sampler: Iterable[Any], data_loader: Any = None) -> Iterator[tuple[Item, ...]]:
    """The items of each inference.

    Args:
        sampler: a :class:`BatchSampler`; any sampler of lists of items, which are numbered as they come; or anything
            that yields item numbers.
        data_loader: where the items of a sampler of numbers come from.

    Raises:
        DataError: an item cannot be loaded or parsed, or the sampler yields something else.
    """
    if isinstance(sampler, BatchSampler) and type(sampler).__iter__ is BatchSampler.__iter__:
        for indices in sampler.index_batches():
            yield tuple(load_item(sampler.data_loader, index) for index in indices)
        return
    num_seen = 0
    for entry in sampler:
        if isinstance(entry, int | np.integer):
            yield (_load_by_number(data_loader, int(entry)),)
        elif isinstance(entry, list):
            yield tuple(parse_item(raw, num_seen + position) for position, raw in enumerate(entry))
            num_seen += len(entry)
        else:
            raise DataError(
                f"the sampler {type(sampler).__name__} yielded a {type(entry).__name__}: expected a list of items or "
                "an item number"
            )


def _load_by_number(data_loader: Any, index: int) -> Item:
    if data_loader is None:
        raise DataError(f"the sampler yields item numbers ({index}...), but there is no data loader to load them from")
    return load_item(data_loader, index)
