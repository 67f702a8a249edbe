"""Records as tables."""

import sys
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from openpot.errors import MissingExtraError
from openpot.tables import SHOWN_ROWS, Table, Tabular, make_frame, make_rich, render_html, render_text

TABLE = Table("layers", ("name", "error", "INT8"), (("conv", 0.01234567, True), ("<script>", None, False)))


@dataclass(frozen=True)
class Record(Tabular):
    rows: int

    def list_tables(self):
        return (Table("short", ("a",), (("x",),)), Table("long", ("n",), tuple((n,) for n in range(self.rows))))


def test_numbers_stand_on_the_right_of_their_column():
    assert render_text(TABLE).splitlines() == [
        "layers",
        "  name        error  INT8",
        "  conv      0.01235  yes",
        "  <script>           no",
    ]


def test_long_tables_say_how_much_more_there_is():
    text = str(Record(SHOWN_ROWS + 3))
    assert text.endswith("  and 3 more rows: see to_pandas() or --json")
    assert "and 3 more rows" in Record(SHOWN_ROWS + 3)._repr_html_()


def test_what_cells_hold_is_text_in_html_and_on_terminals():
    assert "<td>&lt;script&gt;</td>" in render_html(TABLE)
    shown = StringIO()
    Console(file=shown, width=80).print(make_rich([Table("[red]t", ("[b]",), (("[blink]x",),))]))
    assert all(text in shown.getvalue() for text in ("[red]t", "[b]", "[blink]x"))


def test_a_data_frame_has_all_rows(monkeypatch):
    class Pandas:
        @staticmethod
        def DataFrame(rows, columns):  # as pandas calls it
            return rows, columns

    monkeypatch.setitem(sys.modules, "pandas", Pandas)
    rows, columns = Record(SHOWN_ROWS + 3).to_pandas()
    assert (len(rows), columns) == (SHOWN_ROWS + 3, ["n"])


def test_a_frame_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match="pip install pandas"):
        make_frame(TABLE)
