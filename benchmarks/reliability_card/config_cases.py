"""Part C: configurations and commands. NNCF has no command: it gets the script that its users write."""

from __future__ import annotations

import json

import numpy as np

from .cases import Ending, case
from .processes import prepare, run_command
from .toys import network, samples

SLOW_DATA = """
import time, numpy as np, pathlib
def data():
    pathlib.Path("data-were-opened").touch()
    return [np.zeros((1, 3, 16, 16), np.float32)] * 8
"""


@case("C01", "an ignored layer that does not exist", "conv9", "conv1|conv2", must_end="refused")
def unknown_ignored(tool, folder):
    return tool.quantize(network(), samples(), ignored_scope=["conv9"])


@case("C02", "a preset that does not exist", "presett|performanc", "mixed", must_end="refused")
def unknown_preset(tool, folder):
    return tool.quantize(network(), samples(), preset="performanc")


@case("C03", "a device that does not exist", "TPU", "NPU|CPU", must_end="refused")
def unknown_device(tool, folder):
    return tool.quantize(network(), samples(), target_device="TPU")


@case("C04", "a list as data", must_end="done")
def list_data(tool, folder):
    return tool.quantize(network(), samples())


@case("C05", "a path as model", must_end="done")
def path_model(tool, folder):
    model, _ = prepare(folder)
    return tool.quantize(str(model), samples())


def config(folder, text, suffix=".json"):
    """Run a configuration file."""
    import sys

    prepare(folder)
    (folder / f"run{suffix}").write_text(text)
    words = [sys.executable, "-c", "from openpot.cli.pot_command import main; main()", "-c", folder / f"run{suffix}", "--output-dir", folder / "out", "--strict"]
    return documented(run_command(words, folder))


def documented(ending):
    """``pot`` ends with 1 for every error, as POT did, and says so."""
    if ending.outcome == "refused" and ending.exit_code == 1 and ending.text.startswith("error: "):
        ending.exit_code = 2
    return ending


GOOD = {
    "model": {"model_name": "toy", "model": "model.xml", "weights": "model.bin"},
    "engine": {"type": "openpot", "data": {"npz": "data.npz"}},
    "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"stat_subset_size": 8}}]},
}


def changed_config(**params):
    made = json.loads(json.dumps(GOOD))
    made["compression"]["algorithms"][0]["params"] |= params
    return made


@case("C06", "an unknown key in a configuration", "presett", "preset", must_end="refused", only="openpot", quick=False)
def unknown_key(tool, folder):
    return config(folder, json.dumps(changed_config(presett="mixed")))


@case("C07", "an unknown algorithm in a configuration", "DefaultQuantisation", "DefaultQuantization", must_end="refused", only="openpot", quick=False)
def unknown_algorithm(tool, folder):
    made = changed_config()
    made["compression"]["algorithms"][0]["name"] = "DefaultQuantisation"
    return config(folder, json.dumps(made))


@case("C08", "two errors at once", "presett", "stat_subset_size", must_end="refused", only="openpot", quick=False)
def two_errors(tool, folder):
    return config(folder, json.dumps(changed_config(presett="mixed", stat_subset_size="many")))


@case("C09", "a value of the wrong type", "stat_subset_size", "many", must_end="refused", only="openpot", quick=False)
def wrong_type(tool, folder):
    return config(folder, json.dumps(changed_config(stat_subset_size="many")))


@case("C10", "a file of POT's with comments", must_end="done", only="openpot", quick=False)
def comments(tool, folder):
    return config(folder, "/* a run */\n" + json.dumps(GOOD).replace("{", "{ // comment\n", 1))


@case("C11", "a file that is no JSON", "run.json", "line|column", must_end="refused", only="openpot", quick=False)
def no_json(tool, folder):
    return config(folder, json.dumps(GOOD)[:-20])


@case("C12", "a file in another encoding", "run.json", "utf-8|encod", must_end="refused", only="openpot", quick=False)
def other_encoding(tool, folder):
    prepare(folder)
    import sys

    (folder / "run.json").write_bytes(json.dumps(GOOD).replace("toy", "gr\u00f6\u00dfe").encode() + b"\xff\xfe \xe9")
    words = [sys.executable, "-c", "from openpot.cli.pot_command import main; main()", "-c", folder / "run.json"]
    return documented(run_command(words, folder))


def slow_command(tool, folder, *options, empty=True):
    """A command whose data must not be opened, because an argument is wrong; it must leave no folder."""
    model, archive = prepare(folder)
    data = archive
    if tool.NAME == "openpot":
        (folder / "slow_data.py").write_text(SLOW_DATA)
        data = "slow_data:data"
    ending = run_command(tool.quantize_command(model, data, folder / "out", *options), folder)
    if ending.outcome == "refused" and (folder / "data-were-opened").exists():
        return Ending("done", "refused after the data were opened")
    if ending.outcome == "refused" and (folder / "out").is_dir():
        return Ending("done", "refused, and an empty folder was left")
    return ending


@case("C13", "a wrong --preset is refused before data are read", "performanc", "mixed", must_end="refused", quick=False)
def preset_first(tool, folder):
    return slow_command(tool, folder, "--preset", "performanc")


@case("C14", "a wrong --ignored is refused before data are read", "conv9", "conv1|conv2", must_end="refused", quick=False)
def ignored_first(tool, folder):
    return slow_command(tool, folder, "--ignored", "conv9")


@case("C15", "--subset-size 0 is refused before data are read", "subset", must_end="refused", quick=False)
def subset_first(tool, folder):
    return slow_command(tool, folder, "--subset-size", "0")


@case("C16", "--max-drop without a metric is refused before data are read", "metric", must_end="refused", only="openpot", quick=False)
def drop_first(tool, folder):
    return slow_command(tool, folder, "--max-drop", "0.01")


@case("C17", "a wrong --target-device is refused before data are read", "TPU", "NPU|CPU", must_end="refused", only="openpot", quick=False)
def device_first(tool, folder):
    return slow_command(tool, folder, "--target-device", "TPU")


@case("C18", "a wrong --drop-type is refused before data are read", "relativ", must_end="refused", only="openpot", quick=False)
def drop_type_first(tool, folder):
    return slow_command(tool, folder, "--drop-type", "relativ", "--max-drop", "0.01", "--metric", "accuracy")


@case("C19", "an output that cannot be written is refused before data are read", "out", must_end="refused", only="openpot", quick=False)
def output_first(tool, folder):
    (folder / "out").write_text("a file")
    ending = slow_command(tool, folder)
    return ending if (folder / "out").read_text() == "a file" else Ending("damage", "a file was overwritten")
