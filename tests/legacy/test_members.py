"""Members of POT's classes: those that should work are attributes of the objects, the others raise with the reason."""

import importlib
import re

import pytest

from openpot.errors import OpenPotWarning
from openpot.legacy.members import RefusesMembers, members, refused_members
from openvino.tools.pot import (
    AccuracyAwareCommon,
    AccuracyAwareGNA,
    AccuracyAwareQuantization,
    DataLoader,
    DefaultQuantization,
    Engine,
    IEEngine,
    Metric,
    Pipeline,
)
from openvino.tools.pot.algorithms.algorithm import Algorithm
from openvino.tools.pot.graph.nx_model import CompressedModel
from toy_engines import LabelMetric, labelled_images
from toy_models import tiny_cnn


class PlainEngine(Engine):
    def predict(self, *arguments):
        return None, {}


class PlainMetric(Metric):
    """What users write."""

    value = avg_value = property(lambda self: {"m": 0})

    def update(self, output, target): ...
    def reset(self): ...
    def get_attributes(self):
        return {}


class PlainLoader(DataLoader):
    def __len__(self):
        return 0

    def __getitem__(self, index):
        raise IndexError


class PlainAlgorithm(Algorithm):
    def run(self, model):
        return model


def engine():
    return IEEngine({"device": "CPU"}, labelled_images(4), LabelMetric())


def graph():
    return CompressedModel(graph=tiny_cnn()).models[0]["model"]


def convolution():
    (first, *_) = graph().get_op_nodes(type="Convolution")
    return first


OBJECTS = {
    "IEEngine": [engine],
    "Engine": [lambda: PlainEngine({}, labelled_images(4), LabelMetric())],
    "DataLoader": [lambda: PlainLoader({})],
    "Metric": [PlainMetric],
    "Pipeline": [lambda: Pipeline(engine())],
    "Algorithm": [lambda: PlainAlgorithm({}, None), lambda: DefaultQuantization({}, engine())],
    "AccuracyAwareCommon": [
        lambda: AccuracyAwareCommon({}, engine()),
        lambda: AccuracyAwareQuantization({}, engine()),
        lambda: AccuracyAwareGNA({"target_device": "GNA"}, engine()),
    ],
    "CompressedModel": [lambda: CompressedModel(graph=tiny_cnn())],
    "Graph": [graph],
    "Node": [convolution],
    "Port": [lambda: convolution().in_port(0), lambda: convolution().out_port(0)],
}


@pytest.mark.parametrize(
    "make",
    [pytest.param(pair, id=f"{pair[0]}-{n}") for n, pair in enumerate((k, m) for k in OBJECTS for m in OBJECTS[k])],
)
def test_members_are_there_or_say_why_not(make):
    owner, made = make[0], make[1]()
    for member in (one for one in members() if one.owner == owner):
        if member.absence is None:
            assert hasattr(made, member.name), member
            continue
        with pytest.raises(AttributeError, match=re.escape(member.absence.reason)) as caught:
            getattr(made, member.name)
        assert member.absence.substitute in str(caught.value)


SUBSTITUTES = {
    path for one in members() if one.absence for path in re.findall(r"openpot(?:\.[a-zA-Z_]+)+", one.absence.substitute)
}


@pytest.mark.parametrize("path", sorted(SUBSTITUTES))
def test_substitutes_of_openpot_exist(path):
    module, _, name = path.rpartition(".")
    assert hasattr(importlib.import_module(module), name) or importlib.import_module(path)


def test_parameters_that_substitutes_name_exist():
    known = AccuracyAwareQuantization.config_class.model_fields
    for one in members():
        if one.absence is not None and "parameter" in one.absence.substitute:
            assert {word for word in re.findall(r"\w+_\w+", one.absence.substitute)} <= set(known)


class Refusing(RefusesMembers):
    historic_class = "Pipeline"


def test_names_that_nobody_knows_are_ordinary_attribute_errors():
    with pytest.raises(AttributeError, match=r"'Refusing' object has no attribute 'colour'"):
        Refusing().colour  # noqa: B018


def test_a_subclass_that_replaces_what_nothing_calls_is_warned():
    with pytest.warns(OpenPotWarning, match=r"Stepping defines what nothing calls: Pipeline.get_max_steps"):
        type("Stepping", (Refusing,), {"get_max_steps": lambda self: 3})


def test_refused_members_are_found_by_name():
    assert refused_members("Pipeline")["_validate"].message == (
        "Pipeline._validate is not there: algorithms are checked when they are added. Instead: add_algo, or "
        "create_pipeline"
    )
    assert refused_members("IEEngine") == {}
