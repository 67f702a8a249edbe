"""Algorithms in a row."""

import logging
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.base import Algorithm
from openpot.attribute_dict import AttributeDict
from openpot.engine.base import Engine
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, ConfigError, DataError, UnknownNameError
from openpot.graph.io import load_model
from openpot.graph.model import CompressedModel
from openpot.pipeline import Pipeline, create_pipeline, group_by_pass
from openpot.registry import COMPRESSION_ALGORITHMS
from toy_engines import LabelMetric, ListLoader, labelled_images
from toy_models import images, run, tiny_cnn, worked_example

DEFAULT = [{"name": "DefaultQuantization", "params": {"preset": "performance", "stat_subset_size": 4}}]
PARTS = [
    {"name": "ActivationChannelAlignment", "params": {}},
    {"name": "MinMaxQuantization", "params": {"placement": "pot"}},
    {"name": "FastBiasCorrection", "params": {}},
]


def engine(count=6, metric=None):
    return IEEngine({"device": "CPU"}, labelled_images(count), metric)


def num_quantizers(model):
    return sum(len(model.snapshot(position).nodes_of_type("FakeQuantize")) for position in range(len(model.members)))


class Step(Algorithm):
    """Notes when it runs; changes nothing."""

    log: ClassVar = []

    def __init__(self, name, changes=False, fails=False):
        super().__init__({}, None)
        self.name, self.changes, self.fails = name, changes, fails

    @property
    def change_original_model(self):
        return self.changes

    def prepare(self, model):
        self.log.append(f"prepare {self.name}")

    def run(self, model):
        self.log.append(f"run {self.name}")
        if self.fails:
            raise ConfigError("as the test wants it")
        self.result = self.name
        return model


@pytest.fixture(autouse=True)
def fresh_log():
    Step.log.clear()


def pipeline_of(*steps):
    pipeline = Pipeline(None)
    for step in steps:
        pipeline.add_algo(step)
    return pipeline


def test_the_given_model_is_changed_and_returned():
    model = CompressedModel(graph=worked_example())
    pipeline = create_pipeline(DEFAULT, engine())
    assert pipeline.run(model) is model
    assert num_quantizers(model) > 0
    assert pipeline.algo_seq[0].name == pipeline._algo_seq[0].name == "DefaultQuantization"
    assert pipeline.algo_seq[0].config["preset"] == "performance"


def test_an_empty_pipeline_changes_nothing():
    model = CompressedModel(graph=tiny_cnn())
    before = model.members[0].model
    assert create_pipeline([], engine()).run(model) is model
    assert model.members[0].model is before


def test_a_pipeline_serves_several_models():
    pipeline = create_pipeline(DEFAULT, engine())
    first, second = (CompressedModel(graph=worked_example()) for _ in range(2))
    pipeline.run(first)
    pipeline.run(second)
    assert num_quantizers(first) == num_quantizers(second) > 0
    with pytest.raises(AlreadyQuantizedError):
        pipeline.run(first)


def test_the_parts_in_a_row_do_what_the_whole_does():
    whole, parts = (CompressedModel(graph=worked_example()) for _ in range(2))
    create_pipeline([{"name": "DefaultQuantization", "params": {"placement": "pot"}}], engine()).run(whole)
    create_pipeline(PARTS, engine()).run(parts)
    (sample,) = images(1)
    np.testing.assert_array_equal(
        run(whole.members[0].model, sample[None])[0], run(parts.members[0].model, sample[None])[0]
    )


@pytest.mark.usefixtures("every_setting")
def test_algorithms_share_a_pass_until_one_changes_the_model():
    loader = labelled_images(6)
    create_pipeline(PARTS, IEEngine({}, loader)).run(CompressedModel(graph=worked_example()))
    calibration, check = loader.calls[:6], loader.calls[6:]
    assert calibration == list(range(6)), "alignment finds no pairs; ranges and means come from one pass"
    assert check == list(range(6)), "the result is run on them once more, as users run it"
    a, b, c, d = (Step(name, changes=name in "bd") for name in "abcd")
    assert group_by_pass([a, b, c, d]) == [[a, b], [c, d]]
    assert group_by_pass([a, c]) == [[a, c]]
    assert group_by_pass([]) == []


def test_each_group_is_prepared_before_it_runs():
    pipeline_of(Step("a"), Step("b", changes=True), Step("c")).run(CompressedModel(graph=tiny_cnn()))
    assert Step.log == ["prepare a", "prepare b", "run a", "run b", "prepare c", "run c"]


class Correcting(Step):
    """Says that it corrected the bias of the layer of its name."""

    def extend_context(self, context):
        return replace(context, corrected_layers=context.corrected_layers | {self.name})


def test_algorithms_know_what_earlier_ones_did():
    steps = [Correcting("a"), Correcting("b", changes=True), Correcting("c")]
    pipeline = pipeline_of(*steps)
    for _ in range(2):  # every run begins with an empty context
        pipeline.run(CompressedModel(graph=tiny_cnn()))
        assert [sorted(step.context.corrected_layers) for step in steps] == [[], ["a"], ["a", "b"]]


def test_log_lines_tell_versions_statistics_and_algorithms(caplog):
    caplog.set_level(logging.INFO, "openpot")
    pipeline_of(Step("A"), Step("B")).run(CompressedModel(graph=tiny_cnn()))
    lines = [record.message for record in caplog.records]
    assert lines[0].startswith("Inference Engine version:")
    assert "Post-Training Optimization Tool version" in lines[2]
    assert lines[3:] == [
        "Start computing statistics for algorithms : A,B",
        "Computing statistics finished",
        "Start algorithm: A",
        f"Finished: A\n {'=' * 75}",
        "Start algorithm: B",
        f"Finished: B\n {'=' * 75}",
    ]


@pytest.mark.parametrize("fails_at", ["algorithm", "data"])
def test_after_a_failure_the_model_is_what_it_was(fails_at):
    model = CompressedModel(graph=worked_example())
    samples = images(3)
    if fails_at == "data":
        samples[2][...] = np.nan
    pipeline = create_pipeline(PARTS, IEEngine({}, ListLoader([(sample, None) for sample in samples])))
    if fails_at == "algorithm":
        pipeline.add_algo(Step("last", fails=True))
    with pytest.raises(DataError if fails_at == "data" else ConfigError):
        pipeline.run(model)
    assert num_quantizers(model) == 0
    (sample,) = images(1)
    np.testing.assert_array_equal(run(model.members[0].model, sample[None])[0], run(worked_example(), sample[None])[0])


def test_evaluate_gives_the_metric_or_none():
    model = CompressedModel(graph=tiny_cnn())
    assert create_pipeline([], engine()).evaluate(model) is None
    judged = engine(4, LabelMetric())
    assert create_pipeline([], judged).evaluate(model) == {"label": 1.5}
    assert judged.calculate_metrics is True


def test_evaluate_logs_and_needs_an_engine(caplog):
    caplog.set_level(logging.INFO, "openpot")
    create_pipeline([], engine()).evaluate(CompressedModel(graph=tiny_cnn()))
    assert "Evaluation of generated model" in caplog.messages
    with pytest.raises(ConfigError, match="no engine to evaluate with"):
        Pipeline(None).evaluate(CompressedModel(graph=tiny_cnn()))


def test_evaluating_before_and_after_with_one_pipeline():
    pipeline = create_pipeline(DEFAULT, engine(4, LabelMetric()))
    model = CompressedModel(graph=tiny_cnn())
    before = pipeline.evaluate(model)
    assert pipeline.evaluate(pipeline.run(model)) == before


class LikeAddict(dict):
    """A dict with attribute access that gives empty ones for what is absent."""

    def __getattr__(self, name):
        return self[name]

    def __missing__(self, key):
        return LikeAddict()


@pytest.mark.parametrize("kind", [dict, AttributeDict, LikeAddict], ids=["dict", "AttributeDict", "addict"])
def test_configurations_may_be_dicts_of_any_kind(kind):
    params = kind({"preset": "mixed", "weights": kind({"bits": 8}), "stat_subset_size": 3})
    pipeline = create_pipeline([kind({"name": "DefaultQuantization", "params": params, "more": 1})], engine())
    assert pipeline.algo_seq[0].settings.preset == "mixed"
    assert pipeline.algo_seq[0].settings.weights.bits == 8
    assert pipeline.algo_seq[0].settings.target_device == "ANY"


def test_parameters_and_a_single_entry_may_be_left_out():
    assert create_pipeline([{"name": "MinMaxQuantization"}]).algo_seq[0].settings.preset == "performance"
    assert create_pipeline({"name": "MinMaxQuantization", "params": None}).algo_seq[0].name == "MinMaxQuantization"


@pytest.mark.parametrize(
    ("entry", "error", "message"),
    [
        ({"name": "DefaultQuantisation"}, UnknownNameError, "did you mean 'DefaultQuantization'"),
        ({"name": "DefaultQuantization", "params": {"presett": 1}}, UnknownNameError, "did you mean 'preset'"),
        ({"name": "DefaultQuantization", "params": {"stat_subset_size": 0}}, ConfigError, "stat_subset_size"),
        ({"name": "DefaultQuantization", "params": {"target_device": "TPU"}}, ConfigError, "TPU"),
        ({"name": "DefaultQuantization", "params": 5}, ConfigError, r"algorithms\[0\].params"),
        ({"params": {}}, ConfigError, r"algorithms\[0\]: expected"),
        ("DefaultQuantization", ConfigError, r"algorithms\[0\]: expected"),
    ],
    ids=["algorithm", "key", "value", "device", "params", "no name", "no dict"],
)
def test_wrong_configurations_are_refused_before_any_inference(entry, error, message):
    loader = labelled_images()
    with pytest.raises(error, match=message):
        create_pipeline([entry], IEEngine({}, loader))
    assert loader.calls == []


def test_only_algorithms_can_be_added():
    with pytest.raises(ConfigError, match="not str"):
        Pipeline(None).add_algo("DefaultQuantization")


@pytest.fixture
def registered():
    @COMPRESSION_ALGORITHMS.register("Clamping")
    class Clamping(Algorithm):
        name = "Clamping"

        def register_statistics(self, model, collector):
            from openpot.data.sampler import create_sampler

            sampler = create_sampler(self._engine, self._config.stat_subset_size, False, 0)
            collector.register(self.name, {"relu1": {"max": lambda tensor: float(tensor.max())}}, sampler)

        def run(self, model):
            collected = self.algo_collector.get_statistics_for_algorithm(self.name)
            self.result = max(collected["relu1"]["max"])
            return model

    yield Clamping
    del COMPRESSION_ALGORITHMS.registry_dict["Clamping"]


def test_algorithms_of_the_users_own_get_their_parameters_as_they_are(registered):
    config = [{"name": "Clamping", "params": {"anything": [1, 2], "stat_subset_size": 3}}, DEFAULT[0]]
    pipeline = create_pipeline(config, engine())
    pipeline.run(CompressedModel(graph=tiny_cnn()))
    assert isinstance(pipeline.algo_seq[0], registered)
    assert pipeline.algo_seq[0].config.anything == [1, 2]
    assert pipeline.algo_seq[0].result > 0


FP32 = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}


class OwnEngine(Engine):
    """Runs every member on every sample, as an engine of the user's own; the signature is POT's real one."""

    def set_model(self, model):
        self.models = {member.name: member.model for member in model.members}

    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        statistics = {node: {fn: [] for fn in functions} for node, functions in stats_layout.items()}
        for model in self.models.values():
            nodes = [node for node in model.get_ops() if node.get_friendly_name() in stats_layout]
            compiled = ov.compile_model(ov.Model(nodes, model.get_parameters(), "tapped"), "CPU", FP32)
            for batch in sampler:
                values = compiled(batch[0][0][None])
                for number, node in enumerate(nodes):
                    name = node.get_friendly_name()
                    for function in stats_layout[name]:
                        statistics[name][function].append(function(values[number]))
        return {}, statistics


class DocumentedEngine(OwnEngine):
    """The same with the signature of the API reference."""

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        assert metric_per_sample is False
        return super().predict(stats_layout, sampler)


@pytest.mark.parametrize("kind", [OwnEngine, DocumentedEngine], ids=["real signature", "documented signature"])
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "accurate"])
def test_engines_of_the_users_own_give_the_same_model(kind, fast):
    params = {"placement": "pot", "use_fast_bias": fast, "stat_subset_size": 5}
    expected, found = (CompressedModel(graph=tiny_cnn()) for _ in range(2))
    create_pipeline([{"name": "DefaultQuantization", "params": params}], engine()).run(expected)
    create_pipeline([{"name": "DefaultQuantization", "params": params}], kind({}, labelled_images())).run(found)
    for sample in images(3, seed=2):
        np.testing.assert_allclose(
            run(found.members[0].model, sample[None])[0], run(expected.members[0].model, sample[None])[0], atol=1e-3
        )


@pytest.fixture
def cascade(tmp_path):
    parts = []
    for name, seed in (("first", 0), ("second", 1)):
        ov.save_model(tiny_cnn(seed), tmp_path / f"{name}.xml", compress_to_fp16=False)
        parts.append({"name": name, "model": tmp_path / f"{name}.xml", "weights": tmp_path / f"{name}.bin"})
    return load_model({"model_name": "pair", "cascade": parts})


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "accurate"])
def test_cascades_are_quantized_member_by_member(cascade, fast):
    ignored = {"second": {"scope": ["conv1"]}, "first": {"operations": [{"type": "MatMul"}]}}
    config = [{"name": "DefaultQuantization", "params": {"ignored": ignored, "use_fast_bias": fast}}]
    pipeline = create_pipeline(config, OwnEngine({}, labelled_images()))
    assert pipeline.run(cascade) is cascade
    weights = [
        {node.name for node in cascade.snapshot(position).nodes_of_type("FakeQuantize") if "fq_weights" in node.name}
        for position in (0, 1)
    ]
    assert weights == [
        {"first_conv1/fq_weights_1", "first_conv2/fq_weights_1"},
        {"second_conv2/fq_weights_1", "second_fc/fq_weights_1"},
    ]
    for seed, member in enumerate(cascade.members):
        for sample in images(3, seed=6):
            expected, found = run(tiny_cnn(seed), sample[None])[0], run(member.model, sample[None])[0]
            assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_whole_members_can_be_left_out(cascade):
    config = [{"name": "DefaultQuantization", "params": {"ignored": {"first": {"skip_model": True}}}}]
    create_pipeline(config, OwnEngine({}, labelled_images())).run(cascade)
    assert [len(cascade.snapshot(position).nodes_of_type("FakeQuantize")) > 0 for position in (0, 1)] == [False, True]


class Hooked(IEEngine):
    """An engine of old that looks at every batch."""

    seen = 0

    def _process_infer_output(self, *args, **kwargs):
        Hooked.seen += 1
        return super()._process_infer_output(*args, **kwargs)


def test_overridden_hooks_are_called_while_calibrating():
    model = CompressedModel(graph=tiny_cnn())
    create_pipeline(DEFAULT, Hooked({}, labelled_images())).run(model)
    assert Hooked.seen == 4
    assert num_quantizers(model) == 6
