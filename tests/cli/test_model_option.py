"""The option ``--untrusted``."""

import pytest
from typer.main import get_command

from openpot.cli.main import app
from openpot.cli.model_option import read_model_of_option

COMMANDS = {"quantize", "compress", "inspect", "compare", "evaluate", "benchmark", "sensitivity"}


def test_every_command_that_reads_a_model_takes_untrusted_ones():
    commands = get_command(app).commands.items()
    with_option = {name for name, command in commands if any("--untrusted" in one.opts for one in command.params)}
    assert with_option == COMMANDS


@pytest.mark.parametrize(("untrusted", "reader"), [(False, "read_model"), (True, "read_untrusted")])
def test_untrusted_models_are_read_elsewhere(tmp_path, monkeypatch, untrusted, reader):
    read = []
    for place in ("read.read_model", "read_untrusted.read_untrusted"):
        name = place.partition(".")[2]
        monkeypatch.setattr(f"openpot.graph.{place}", lambda path, name=name: read.append((name, path)))
    read_model_of_option(tmp_path, untrusted)
    assert read == [(reader, tmp_path)]
