"""What each figure and word of a result means: the tests that hold each promise, and those that no other file has.

``PROMISES`` names them. Each fails on the code from before the promises (1bae927), some because of what they import.
"""

import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import openpot
import openvino as ov
from openpot.cli.main import app
from openpot.errors import OpenPotWarning
from openpot.report.definitions import OUTPUT_ERROR, OUTPUT_ERROR_IN_SHORT
from openpot.report.page.document import render_content
from report_reader import read_page
from toy_models import images, tiny_cnn

TESTS = Path(__file__).parent
HERE = "test_figures_mean_what_they_say.py"

PROMISES = {
    "one definition of the output error: in the help and in the documents": (
        "report/test_definitions.py::test_the_help_defines_it_in_the_same_words",
        "report/test_definitions.py::test_the_documents_define_the_output_error_in_the_same_words",
    ),
    "in the result and in run.json": (f"{HERE}::test_result_record_and_report_define_the_output_error",),
    "where it is measured, and on which samples": (
        f"{HERE}::test_where_and_on_which_samples_the_output_error_was_measured",
        "report/test_figure_phrases.py::test_the_samples_that_were_compared_are_described",
    ),
    "both errors are shown, with the limit": ("report/test_as_text.py::test_both_errors_stand_there_with_the_limit",),
    "a limit that was not kept is a warning with what to do": (
        f"{HERE}::test_a_limit_that_was_not_kept_says_what_to_do",
        "search/test_measured_repair.py::test_a_missed_budget_is_a_warning_with_both_figures",
        "api/test_result_evidence.py::test_an_error_above_the_budget_that_the_search_did_not_see_is_a_warning",
    ),
    "a metric is measured on validation data": (
        "api/test_quantize.py::test_data_that_validate_do_not_calibrate",
        "cli/test_quantize_command.py::test_samples_that_validate_can_be_named_and_so_can_their_share",
    ),
    "without them a part of the data is held out, and its share said": (
        "api/test_quantize.py::test_the_metric_is_measured_on_samples_that_nothing_is_computed_from",
        "api/test_split_data.py::test_with_a_metric_a_part_is_held_out",
    ),
    "the drop comes with a paired bootstrap interval": (
        "measure/test_metric_change.py::test_samples_are_paired",
        "measure/test_metric_change.py::test_the_interval_covers_the_truth_as_often_as_it_says",
    ),
    "a drop that the search kept is measured on other samples": (
        "api/test_quantize.py::test_a_drop_that_is_kept_on_the_samples_of_the_search_is_measured_on_others",
    ),
    "met, not met, or not certain with n samples": (
        "report/test_records.py::test_a_drop_is_met_if_its_whole_interval_is_allowed",
        "report/test_as_text.py::test_what_a_metric_lost_stands_beside_what_it_may_lose",
    ),
    "FP32, the device's default precision and INT8 are timed and compared": (
        "measure/test_speed.py::test_the_gain_over_the_default_precision_is_told_where_that_is_not_f32",
        "measure/test_default_precision.py::test_both_models_are_compared_with_exact_f32",
    ),
    "the gain over both, and the instruction set": (
        "report/test_as_text.py::test_the_gain_over_the_default_precision_stands_beside_that_over_f32",
    ),
    "a result larger than its source says why": ("test_never_larger.py::test_a_result_that_is_larger_says_why",),
    "the column says the precision of the source": (
        "report/test_as_text.py::test_the_column_says_the_precision_of_the_source",
    ),
    "nothing quantized is not called unchanged where weights were packed": (
        "report/test_as_text.py::test_what_is_stored_otherwise_though_nothing_was_quantized_is_said",
    ),
    "no line says 'brought 0 % of the error'": (
        "search/test_apply_decision.py::test_a_share_too_small_to_show_is_not_called_nothing",
    ),
    "what openpot left in float is not 'in unknown precision'": (
        "report/test_layers.py::test_record_tells_what_runs_and_why",
        f"{HERE}::test_what_was_left_in_float_is_called_float",
    ),
    "a latency below 1 names the option for it": (
        "measure/test_side_by_side.py::test_a_latency_that_grew_names_the_option_for_it",
    ),
    "each warning once": (f"{HERE}::test_each_warning_is_shown_once",),
    "the help says what a preset does on the CPU": (f"{HERE}::test_the_help_says_that_presets_are_equal_on_the_cpu",),
    "guesses about images are a warning, each with its source": (
        "api/test_image_guesses.py::test_each_guess_has_its_value_and_its_source",
        "api/test_image_guesses.py::test_the_name_of_the_input_and_the_model_are_sources",
        "api/test_image_guesses.py::test_a_result_has_the_warning",
    ),
    "a dry run shows an image as the network will see it": (
        "cli/test_quantize_command.py::test_dry_run_with_images_shows_one_as_the_network_will_see_it",
        "data/test_image_view.py::test_crop_and_colours_are_those_that_the_network_gets",
    ),
    "--resize, --letterbox, --input-shape": (
        "cli/test_image_options.py::test_option_becomes_the_attribute_of_the_pre_processing",
        "data/test_image_preprocessing.py::test_sizes_that_the_model_leaves_open_can_be_stated",
    ),
    "errors about an image name its file and size": (
        "api/test_image_guesses.py::test_errors_name_the_file_and_its_size",
    ),
    "grey is enough as channel order": (
        "data/test_image_preprocessing.py::test_grey_alone_is_enough_whatever_the_input_takes",
    ),
}


@pytest.mark.parametrize("test", [test for tests in PROMISES.values() for test in tests])
def test_a_test_of_a_promise_exists(test):
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def result():
    """A model calibrated on eight of ten samples, one layer left in float, with a limit that no INT8 model keeps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OpenPotWarning)
        return openpot.quantize(
            tiny_cnn(), images(10), subset_size=8, ignored_scope=["conv1"], max_output_error=1e-9, timing=False
        )


def test_result_record_and_report_define_the_output_error(result):
    content = result.to_dict()
    assert content["definitions"]["output_error"] == OUTPUT_ERROR
    assert OUTPUT_ERROR in read_page(render_content(json.loads(json.dumps(content)))).text
    assert OUTPUT_ERROR_IN_SHORT in str(result)


def test_where_and_on_which_samples_the_output_error_was_measured(result):
    text = str(result)
    assert "at the outputs themselves, on 10 samples, 2 of which nothing was computed from" in text
    assert "the search judged" in text
    assert (result.output_error[0].samples, result.compared_held_out) == (10, 2)


def test_a_limit_that_was_not_kept_says_what_to_do(result):
    (warning,) = (text for text in result.warnings if "max_output_error 1e-09 is not met" in text)
    assert all(remedy in warning for remedy in ("more samples", "ignored_scope", "allow more"))


def test_what_was_left_in_float_is_called_float(result):
    text = str(result)
    assert "unknown precision" not in text
    assert "does not name it" not in text


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a model, which is the current one."""
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["quantize", *arguments], env={"COLUMNS": "5000", "NO_COLOR": "1"})


def test_each_warning_is_shown_once(place):
    np.savez("samples.npz", data=np.stack(images(1)))
    done = run("net.xml", "--data", "samples.npz", "--no-timing")
    reported = json.loads((place / "net-int8" / "run.json").read_text())["warnings"]
    assert reported
    for text in reported:
        assert (done.stdout + done.stderr).count(text) == 1


def test_the_help_says_that_presets_are_equal_on_the_cpu(place):
    assert "On the CPU all give the same" in " ".join(run("--help").stdout.replace("│", " ").split())
    presets = ("performance", "mixed", "accuracy")
    assert len({run("net.xml", "--dry-run", "--json", "--preset", preset).stdout for preset in presets}) == 1
