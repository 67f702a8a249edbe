"""What published scripts and configurations did that POT let pass: they run, and what is passed over is said once."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import openvino as ov
from openpot.errors import ConfigError, OpenPotWarning
from openvino import opset13 as op
from openvino.tools.pot import IEEngine, create_pipeline, load_model
from openvino.tools.pot.engines.simplified_engine import SimplifiedEngine
from openvino.tools.pot.graph.model_utils import get_nodes_by_type
from toy_models import conv, normal

SHAPE = (1, 3, 16, 16)
PARAMS = {"target_device": "ANY", "stat_subset_size": 12}


def samples(count=12, shape=SHAPE):
    return [np.random.default_rng(index).standard_normal(shape).astype(np.float32) for index in range(count)]


@pytest.fixture
def config(tmp_path):
    rng = np.random.default_rng(0)
    x = op.parameter(SHAPE, np.float32, name="x")
    x.output(0).get_tensor().set_names({"pixels"})
    y = conv(op.relu(conv(x, normal(rng, 8, 3, 3, 3), "Convolution_1", 1)), normal(rng, 8, 8, 3, 3), "Convolution_2", 1)
    ov.save_model(ov.Model([op.result(y)], [x], "n"), tmp_path / "n.xml", compress_to_fp16=False)
    return {"model_name": "n", "model": str(tmp_path / "n.xml"), "weights": str(tmp_path / "n.bin")}


@pytest.fixture
def engine():
    return IEEngine({"device": "CPU"}, [(sample, None) for sample in samples()])


def quantized(engine, config, **params):
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": {**PARAMS, **params}}], engine)
    return get_nodes_by_type(pipeline.run(load_model(config)), ["FakeQuantize"])


class NumberedSamples(list):
    """A data set that NNCF 2.x made for its backend POT: iterating gives pairs of a number and the data."""

    def __iter__(self):
        return iter(enumerate(list.__iter__(self)))


class NncfEngine(IEEngine):
    """What ``_process_batch`` gives out reaches ``_fill_input`` as it is."""

    given = ()

    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        return super().predict(
            stats_layout, NumberedSamples(samples()), stat_aliases, metric_per_sample, print_progress
        )

    @staticmethod
    def _process_batch(batch):
        index, data = batch
        return [(index, None)], data, None

    def _fill_input(self, model, image_batch):
        self.given = (*self.given, type(image_batch))
        return image_batch


class DictEngine(NncfEngine):
    @staticmethod
    def _process_batch(batch):
        index, data = batch
        return [(index, None)], {"pixels": data}, None


class TupleEngine(NncfEngine):
    @staticmethod
    def _process_batch(batch):
        index, data = batch
        return [(index, None)], (data,), None

    def _fill_input(self, model, image_batch):
        self.given = (*self.given, type(image_batch))
        return {0: image_batch[0]}


@pytest.mark.parametrize(
    ("kind", "handed_over"),
    [(NncfEngine, np.ndarray), (DictEngine, dict), (TupleEngine, tuple)],
    ids=lambda v: v.__name__,
)
def test_data_in_a_form_of_their_own_reach_the_network_untouched(config, kind, handed_over):
    engine = kind({"device": "CPU"}, NumberedSamples(samples()))
    assert quantized(engine, config)
    assert set(engine.given) == {handed_over}


class NamedInput(IEEngine):
    def _fill_input(self, model, image_batch):
        return {self._get_input_any_name(model.inputs[0]): image_batch[0]}


class OwnPrediction(IEEngine):
    """Replaces the choice between one by one and asynchronous."""

    def _predict(self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False):
        self._process_dataset(stats_layout, sampler, print_progress, need_metrics_per_sample)


class OwnInference(IEEngine):
    """Replaces the loop over the data with inferences of its own."""

    inferences = 0

    def _process_dataset_async(
        self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False, requests_num=0
    ):
        compiled = self._ie.compile_model(self._model, self._device)
        for batch in sampler:
            annotations, images, metadata = self._process_batch(batch)
            outputs = self._infer(compiled, self._fill_input(self._model, images))
            self._process_infer_output(stats_layout, outputs, annotations, metadata, need_metrics_per_sample)

    def _process_dataset(self, *arguments, **options):
        return self._process_dataset_async(*arguments, **options)

    def _infer(self, compiled, filled):
        self.inferences += 1
        return compiled.create_infer_request().infer(filled)


@pytest.mark.parametrize("kind", [NamedInput, OwnPrediction, OwnInference])
def test_engines_that_replace_steps_of_pots_engine_calibrate(config, kind):
    engine = kind({"device": "CPU"}, [(sample, None) for sample in samples()])
    assert quantized(engine, config)
    if kind is OwnInference:
        assert engine.inferences >= 12


@pytest.mark.parametrize(
    ("name", "params", "passed_over"),
    [
        ("DefaultQuantization", {"activations": {"perchannel": False}}, "params.activations.perchannel"),
        (
            "DefaultQuantization",
            {"activations": {"min": {"type": "min"}, "max": {"type": "max"}}},
            "params.activations.min",
        ),
        (
            "WeightSparsity",
            {"sparsity_level": 0.5, "ignored_scope": "images"},
            r"ignored_scope.*did you mean 'ignored'",
        ),
        ("MinMaxQuantization", {"stat_subset_sise": 3}, "did you mean 'stat_subset_size'"),
        ("AccuracyAwareQuantization", {"weights": {"scheme": "x"}, "annotation_free": True}, "params.weights.scheme"),
    ],
)
def test_parameters_that_nobody_knows_are_passed_over_with_a_warning(engine, name, params, passed_over):
    entry = [{"name": name, "params": {"target_device": "CPU", **params}}]
    with pytest.warns(OpenPotWarning, match=f"passed over: {name}.*{passed_over}"):
        assert len(create_pipeline(entry, engine).algo_seq) == 1
    with pytest.raises(ConfigError, match=passed_over):
        create_pipeline(entry, engine, strict=True)


@pytest.mark.filterwarnings("error::openpot.errors.OpenPotWarning")
def test_one_name_stands_for_a_list_of_names(config, engine):
    names = {node.name for node in quantized(engine, config, ignored={"scope": "Convolution_2"})}
    assert names
    assert not any("Convolution_2" in name for name in names)


@pytest.mark.filterwarnings("error::openpot.errors.OpenPotWarning")
@pytest.mark.parametrize("device", ["VPU", "NPU", "CPU", "GPU", "ANY"])
def test_devices_of_every_year_are_known(engine, device):
    create_pipeline([{"name": "DefaultQuantization", "params": {"target_device": device}}], engine)


@pytest.mark.parametrize("algorithms", [None, [], {}, ()], ids=repr)
def test_no_algorithms_are_an_empty_pipeline(config, engine, algorithms):
    model = load_model(config)
    assert create_pipeline(algorithms, engine).run(model) is model


@pytest.mark.parametrize("kind", [IEEngine, SimplifiedEngine])
@pytest.mark.parametrize("shape", [(768,), (16, 16, 3), (3, 256)], ids=str)
def test_samples_whose_number_of_values_fits_are_reshaped_and_it_is_said_once(config, kind, shape):
    engine = kind({"device": "CPU"}, [(sample, None) for sample in samples(shape=shape)])
    with pytest.warns(OpenPotWarning) as warned:
        assert quantized(engine, config)
    told = {str(one.message) for one in warned if "reshaped" in str(one.message)}
    assert len(told) == 1, "one text at one place, which Python shows once"
    assert str(shape) in told.pop()


def test_the_loss_of_2020_is_ignored_and_it_is_said():
    with pytest.warns(OpenPotWarning, match=r"passed over: IEEngine\(loss=...\)"):
        IEEngine({"device": "CPU"}, [(sample, None) for sample in samples(2)], None, object())


def test_mistakes_are_runtime_errors_as_in_pot(engine):
    with pytest.raises(RuntimeError):
        create_pipeline([{"name": "DefaultQuantization", "params": {"preset": "fast"}}], engine)
    with pytest.raises(RuntimeError):
        load_model({"model_name": "n", "model": "nowhere.xml", "weights": "nowhere.bin"})


@pytest.fixture
def file(config, tmp_path):
    (tmp_path / "pictures").mkdir()
    for index in range(4):
        pixels = np.random.default_rng(index).integers(0, 255, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{index}.png")
    return {
        "model": config,
        "engine": {"type": "simplified", "data_source": str(tmp_path / "pictures")},
        "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"stat_subset_size": 4}}]},
    }


def run_pot(file, tmp_path, *options, module="openvino.tools.pot"):
    (tmp_path / "config.json").write_text(json.dumps(file))
    line = [
        sys.executable,
        "-m",
        module,
        "-c",
        tmp_path / "config.json",
        "-d",
        "--output-dir",
        tmp_path / "o",
        *options,
    ]
    return subprocess.run([str(part) for part in line], capture_output=True, text=True, check=False)


EXTRA_KEYS = {
    "beside name": (
        lambda file: file["compression"]["algorithms"][0],
        "preset",
        "compression.algorithms[0].preset",
        "params.preset",
    ),
    "in engine": (lambda file: file["engine"], "note", "engine.note", "there is no such key"),
    "in model": (lambda file: file["model"], "name", "model.name", "model_name"),
    "in compression": (lambda file: file["compression"], "note", "compression.note", "there is no such key"),
    "at the top": (lambda file: file, "note", "note", "there is no such"),
}


def test_keys_that_the_command_passed_over_are_a_warning_each(file, tmp_path):
    for place, key, _, _ in EXTRA_KEYS.values():
        place(file)[key] = "performance"
    done = run_pot(file, tmp_path)
    shown = (done.stdout + done.stderr).replace("\n", " ")
    assert done.returncode == 0, shown
    for _, _, path, hint in EXTRA_KEYS.values():
        assert shown.count(f"passed over: {path}: ") == 1, (path, shown)
        assert hint in shown
    assert (tmp_path / "o" / "optimized" / "n.xml").exists()


def test_strict_refuses_all_of_them_in_one_list(file, tmp_path):
    for place, key, _, _ in EXTRA_KEYS.values():
        place(file)[key] = "performance"
    done = run_pot(file, tmp_path, "--strict")
    assert done.returncode == 1
    assert all(path in done.stdout + done.stderr for _, _, path, _ in EXTRA_KEYS.values())
    assert not (tmp_path / "o" / "optimized").exists()


def test_the_command_runs_as_either_module(file, tmp_path):
    file["compression"]["algorithms"] = {}
    for module in ("pot", "openvino.tools.pot"):
        done = run_pot(file, tmp_path, module=module)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"optimizer": {"name": "Tpe", "params": {"max_trials": 3}}}, "optimizer"),
        ({"compression": {"algorithms": [{"name": "QuantileTuning", "params": {}}]}}, "QuantileTuning"),
    ],
    ids=["optimizer", "an algorithm that is gone"],
)
def test_sections_of_searches_that_are_gone_say_what_replaces_them(file, tmp_path, section, told):
    done = run_pot({**file, **section}, tmp_path)
    shown = " ".join((done.stdout + done.stderr).split())
    assert told in shown
    assert "ParamsGridSearchAlgorithm" in shown or "RangeOptimization" in shown or "DefaultQuantization" in shown
