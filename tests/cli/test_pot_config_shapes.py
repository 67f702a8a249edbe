"""The shapes that configuration files for POT had, from its documentation and samples, run from end to end."""

import random
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import openvino as ov
from pot_workspace import OWN_ENGINE, SIMPLIFIED, config_with, make_workspace, num_fake_quantize, pot, write_config
from toy_models import images, run, worked_example

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from registry_models import fetch

EVERYTHING = """
/* Every key of the documented file for DefaultQuantization: what it means is in the comments. */
{
    "model": {
        "model_name": "small",      // stem of the files that are written
        "model": "net.xml",
        "weights": "net.bin"
    },
    "engine": {
        "type": "simplified",
        "data_source": "pictures/*.png",
        "layout": "NCHW",
        "central_fraction": 0.875,
        "stat_requests_number": 2,
        "eval_requests_number": 2
    },
    "compression": {
        "target_device": "CPU",
        "model_type": "None",
        "inplace_statistics": true,
        "dump_intermediate_model": false,
        "algorithms": [
            {
                "name": "DefaultQuantization",
                "params": {
                    "preset": "mixed",
                    "stat_subset_size": 5,
                    "shuffle_data": true,
                    "seed": 1,
                    "use_fast_bias": false,
                    "threshold": 10,
                    "apply_for_all_nodes": false,
                    "saturation_fix": "first_layer",
                    "ignored": {
                        "scope": ["conv2"],
                        "operations": [{"type": "Swish"}, {"type": "Add", "attributes": {"auto_broadcast": "none"}},],
                    },
                    "weights": {
                        "bits": 8, "mode": "symmetric", "granularity": "perchannel",
                        "level_low": -127, "level_high": 127,
                        "range_estimator": {"max": {"type": "quantile", "outlier_prob": 0.0001}}
                    },
                    "activations": {
                        "bits": 8, "mode": "asymmetric", "granularity": "pertensor",
                        "range_estimator": {
                            "preset": "quantile",
                            "min": {"clipping_value": -6, "aggregator": "min", "type": "quantile",
                                    "outlier_prob": 0.001},
                            "max": {"clipping_value": 6, "aggregator": "max", "type": "quantile",
                                    "outlier_prob": 0.001}
                        }
                    }
                }
            }
        ]
    }
}
"""
YAML = """
model:
  model: net.xml
  weights: net.bin
engine:
  type: simplified
  data_source: list.txt
compression:
  algorithms:
  - name: MinMaxQuantization
    params: {preset: performance, stat_subset_size: 4, saturation_fix: no}
  - name: BiasCorrection
    params: {stat_subset_size: 4, threshold: 1000.0}
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def fake_quantize_limits(xml):
    """``{name: (input_low, input_high)}``, smallest and largest over channels."""
    found = {}
    for node in ov.Core().read_model(xml).get_ops():
        if node.get_type_name() == "FakeQuantize":
            low, high = (node.input_value(port).get_node() for port in (1, 2))
            found[node.get_friendly_name()] = float(low.data.min()), float(high.data.max())
    return found


def test_every_key_of_the_documented_file_has_its_effect(workspace):
    done = pot("-c", write_config(workspace, EVERYTHING), "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    assert "central 88%; layout CHW; BGR" in done.stdout
    limits = fake_quantize_limits(workspace / "out" / "optimized" / "small.xml")
    assert not [name for name in limits if name.startswith("conv2")], "conv2 stays float"
    activations = [ends for name, ends in limits.items() if "fq_input" in name]
    assert activations
    assert all(-6.1 < low <= 0 and high < 6.1 for low, high in activations), "clipped to 6"


def test_yaml_with_parts_in_a_row_and_a_list_of_images(workspace):
    (workspace / "list.txt").write_text("pictures/0.png\npictures/3.png\npictures/5.png\n")
    done = pot("-c", write_config(workspace, YAML, "config.yaml"))
    assert done.exit_code == 0, done.stderr
    (xml,) = (workspace / "results" / "net_MinMaxQuantization_BiasCorrection").glob("*/optimized/net.xml")
    assert num_fake_quantize(xml) >= 3
    assert "3 images" in done.stdout


def test_the_target_device_of_the_section_decides_about_placement(workspace):
    ov.save_model(worked_example(), workspace / "net.xml", compress_to_fp16=False)
    counts = {}
    for device in ("ANY", "CPU_SPR", "GPU", "GNA"):
        algorithm = ("MinMaxQuantization", {"stat_subset_size": 4, "placement": "pot"})
        content = config_with(SIMPLIFIED, algorithm)
        content["compression"]["target_device"] = device
        done = pot("-c", write_config(workspace, content), "-d", "--output-dir", device, "--keep-uncompressed-weights")
        assert done.exit_code == 0, done.stderr
        counts[device] = num_fake_quantize(workspace / device / "optimized" / "small.xml")
    assert counts == {"ANY": 18, "CPU_SPR": 17, "GPU": 18, "GNA": 22}


def test_an_intermediate_model_is_replaced_by_the_result(workspace):
    content = config_with(SIMPLIFIED, ("DefaultQuantization", {"stat_subset_size": 4}))
    content["compression"] |= {"dump_intermediate_model": True, "inplace_statistics": False}
    done = pot("-c", write_config(workspace, content), "-d", "--output-dir", "out")
    assert done.exit_code == 0, done.stderr
    assert (workspace / "out" / "optimized" / "small.xml").exists()


def test_an_empty_list_of_algorithms_measures_the_model_as_it_is(workspace):
    done = pot("-c", write_config(workspace, config_with(OWN_ENGINE)), "-e", "-d")
    assert done.exit_code == 0, done.stderr
    assert "accuracy@top1              : 1.0" in done.stdout


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ({"config": "net.bin"}, "'openpot convert-config OLD NEW' writes that"),
        ({"module": "custom.MTCNN", "module_config": {"network_info": {}}}, "needs the Accuracy Checker"),
        ({"type": "accuracy_checker"}, "needs config with the path of a YAML file"),
    ],
    ids=["file for the checker", "custom evaluator", "nothing"],
)
def test_engines_that_are_gone_say_what_to_do(workspace, engine, words):
    done = pot("-c", write_config(workspace, config_with(engine, ("DefaultQuantization", {}))))
    assert done.exit_code == 1
    assert words in done.stderr or words in done.stderr.replace("\n  ", " ")
    assert not (workspace / "results").exists()


@pytest.mark.parametrize(
    "stated", [{}, {"layout": "NCHW", "shape": "[3, 16, 16]", "generate_data": True, "data_type": "image"}], ids=str
)
def test_pictures_are_made_up_where_there_are_none(workspace, stated):
    engine = {"type": "data_free", "subset_size": 8, "image_values": "-1..1", **stated}
    done = pot("-c", write_config(workspace, config_with(engine, ("DefaultQuantization", {}))), "-d")
    assert done.exit_code == 0, done.stderr
    # How many ends of the network stay in float is up to the outputs, and so to the rounding of the processor.
    assert num_fake_quantize(workspace / "results" / "optimized" / "small.xml") > 0
    sample = np.clip(images(1)[0][None], -1, 1)
    before, after = (run(ov.Core().read_model(path), sample)[0] for path in ("net.xml", "results/optimized/small.xml"))
    np.testing.assert_allclose(after, before, atol=0.3)


def test_made_up_pictures_cannot_be_evaluated(workspace):
    done = pot("-c", write_config(workspace, config_with({"type": "data_free"}, ("DefaultQuantization", {}))), "-e")
    assert done.exit_code == 1
    assert "does not go with the engine type 'data_free'" in done.stderr.replace("\n", " ")


def test_a_cascade_is_refused_with_the_way_out(workspace):
    parts = [{"name": name, "model": "net.xml", "weights": "net.bin"} for name in ("pnet", "rnet")]
    content = config_with(SIMPLIFIED, ("DefaultQuantization", {}), model={"model_name": "mtcnn", "cascade": parts})
    done = pot("-c", write_config(workspace, content))
    assert done.exit_code == 1
    assert "an engine of your own, with the Python API" in done.stderr


LABELS = """
from pathlib import Path
import numpy as np
from openpot.data.metric import Metric


class Lines(Metric):
    def reset(self):
        self.right = []

    def update(self, output, target):
        self.right += [float(scores.argmax() == label) for scores, label in zip(output[0], target)]

    @property
    def value(self):
        return {"lines": self.right[-1:]}

    @property
    def avg_value(self):
        return {"lines": float(np.mean(self.right))}

    def get_attributes(self):
        return {"lines": {"direction": "higher-better", "type": "accuracy"}}
"""


def lines_of_text(folder, count):
    """Pictures of two words, every second one upside down, and their labels."""
    draw_from, font = random.Random(0), ImageFont.load_default(size=28)
    words = ("quantization", "of", "networks", "makes", "them", "smaller", "faster", "without", "retraining", "page")
    (folder / "lines").mkdir()
    labels = []
    for number in range(count):
        picture = Image.new("RGB", (192, 48), (255, 255, 255))
        grey = draw_from.randrange(80)
        ImageDraw.Draw(picture).text((8, 6), " ".join(draw_from.sample(words, 2))[:14], (grey, grey, grey), font)
        (picture.rotate(180) if number % 2 else picture).save(folder / "lines" / f"{number:02}.png")
        labels.append(f"{number:02}.png {number % 2}\n")
    (folder / "lines.txt").write_text("".join(labels))


def test_a_real_network_with_its_own_metric_and_a_ready_made_one(workspace):
    """Is a line of text upside down? The text-direction network of PP-OCR, before and after."""
    lines_of_text(workspace, 24)
    (workspace / "my_lines.py").write_text(LABELS)
    engine = {
        "data": {
            "image_folder": "lines",
            "annotations": "lines.txt",
            "channel_order": "BGR",
            "mean": [127.5, 127.5, 127.5],
            "scale": [127.5, 127.5, 127.5],
        },
        "metrics": [{"name": "accuracy"}, {"callable": "my_lines:Lines"}],
    }
    model = {"model_name": "direction", "model": str(fetch("ppocr-direction-paddle"))}
    values = []
    for algorithms in ([], [("DefaultQuantization", {"stat_subset_size": 24})]):
        config = write_config(workspace, config_with(engine, *algorithms, model=model))
        done = pot("-c", config, "-e", "-d", "--allow-code")
        assert done.exit_code == 0, done.stderr
        found = dict(re.findall(r":([^:\s]+) +: ([\d.]+)$", done.stdout, re.MULTILINE))
        assert found["accuracy@top1"] == found["lines"]
        values.append(float(found["lines"]))
    assert values[0] >= 0.8, "the labels fit the network"
    assert values[1] >= values[0] - 0.1
    assert num_fake_quantize(workspace / "results" / "optimized" / "direction.xml") > 20
    assert np.isfinite(values).all()
