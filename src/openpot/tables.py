"""Records as tables: on a terminal, in a notebook, as plain text and as a data frame (extra ``pandas``)."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from openpot.errors import MissingExtraError

SHOWN_ROWS = 40
"""As many rows of a table are shown as text and in notebooks; ``to_pandas()`` and ``to_dict()`` have all."""

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """A title, names of columns, and rows of as many cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Tabular(ABC):
    """A record that shows itself as tables.

    ``str``, notebooks and rich show them all; ``to_pandas`` gives the one with most to say.
    """

    @abstractmethod
    def list_tables(self) -> tuple[Table, ...]:
        """The tables in the order in which they are read."""

    @property
    def main_table(self) -> Table:
        """The table that ``to_pandas`` gives: the longest one."""
        return max(self.list_tables(), key=lambda table: len(table.rows))

    def to_pandas(self) -> Any:
        """The main table as a ``pandas.DataFrame``.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return make_frame(self.main_table)

    def __str__(self) -> str:
        return "\n\n".join(render_text(table) for table in self.list_tables())

    def _repr_html_(self) -> str:
        return "".join(render_html(table) for table in self.list_tables())

    def __rich__(self) -> Any:
        return make_rich(self.list_tables())


def format_cell(cell: Cell) -> str:
    """A value as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def is_number(cell: Cell) -> bool:
    """Whether a cell stands on the right of its column."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def render_text(table: Table) -> str:
    """Plain lines in columns."""
    cells = [list(map(format_cell, row)) for row in table.rows[:SHOWN_ROWS]]
    widths = [max(map(len, column)) for column in zip(table.columns, *cells, strict=True)]
    on_right = [any(is_number(row[place]) for row in table.rows) for place in range(len(table.columns))]
    lines = [table.title] if table.title else []
    for row in ([*table.columns], *cells):
        parts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, on_right, strict=True)
        ]
        lines.append(f"  {'  '.join(parts)}".rstrip())
    return "\n".join([*lines, *_describe_rest(table)])


def render_html(table: Table) -> str:
    """A piece of HTML in which every cell is text, whatever it holds."""
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = ("".join(f"<td>{escape(format_cell(cell))}</td>" for cell in row) for row in table.rows[:SHOWN_ROWS])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    rest = "".join(f"<p>{escape(line)}</p>" for line in _describe_rest(table))
    return f"<table><caption>{escape(table.title)}</caption><tr>{head}</tr>{body}</table>{rest}"


def make_rich(tables: Sequence[Table]) -> Any:
    """What rich prints."""
    from rich.console import Group  # imported here: importing openpot stays quick
    from rich.table import Table as RichTable
    from rich.text import Text

    made: list[Any] = []
    for table in tables:
        shown = RichTable(title=Text(table.title), title_justify="left")
        for place, name in enumerate(table.columns):
            on_right = any(is_number(row[place]) for row in table.rows)
            shown.add_column(Text(name), justify="right" if on_right else "left")
        for row in table.rows[:SHOWN_ROWS]:
            shown.add_row(*(Text(format_cell(cell)) for cell in row))
        made += [shown, *map(Text, _describe_rest(table))]
    return Group(*made)


def make_frame(table: Table) -> Any:
    """A ``pandas.DataFrame`` with all rows.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        pandas = importlib.import_module("pandas")
    except ImportError as error:
        raise MissingExtraError("to_pandas needs pandas, which is not installed: pip install pandas") from error
    return pandas.DataFrame([list(row) for row in table.rows], columns=list(table.columns))


def _describe_rest(table: Table) -> list[str]:
    more = len(table.rows) - SHOWN_ROWS
    return [f"  and {more} more rows: see to_pandas() or --json"] if more > 0 else []
