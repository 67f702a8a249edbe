"""``openpot verify``."""

import json

from typer.testing import CliRunner

from openpot.cli.main import app
from openpot.saved_files import hash_file


def test_it_tells_the_digests_or_what_is_wrong(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    digest = hash_file(tmp_path / "model.bin")
    (tmp_path / "run.json").write_text(json.dumps({"files": {"model.bin": digest}}))
    done = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, f"{digest}  model.bin\n")
    (tmp_path / "model.bin").write_bytes(b"other")
    assert CliRunner().invoke(app, ["verify", str(tmp_path)]).exit_code == 5
    (tmp_path / "run.json").unlink()
    assert CliRunner().invoke(app, ["verify", str(tmp_path)]).exit_code == 6
