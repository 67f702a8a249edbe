import pytest

import openpot
from openpot.attribute_dict import AttributeDict
from openpot.errors import ConfigError, OpenPotWarning, UnknownNameError
from openpot.legacy.algorithm_classes import DefaultQuantization
from openpot.legacy.create_pipeline import create_pipeline
from openpot.pipeline import Pipeline


def entry(name="DefaultQuantization", beside=None, **params):
    return {"name": name, "params": params, **(beside or {})}


@pytest.mark.parametrize("nothing", [None, {}, [], (), AttributeDict()], ids=["none", "dict", "list", "tuple", "attrs"])
def test_no_algorithms_are_an_empty_pipeline_through_both_doors(nothing):
    assert create_pipeline(nothing, None).algo_seq == []
    assert openpot.create_pipeline(nothing, None).algo_seq == []


def test_a_pipeline_is_that_of_openpot_with_pots_classes():
    pipeline = create_pipeline([entry()], None)
    assert isinstance(pipeline, Pipeline)
    assert type(pipeline.algo_seq[0]) is DefaultQuantization
    assert isinstance(pipeline.algo_seq[0], openpot.DefaultQuantization)


@pytest.mark.parametrize(
    ("stated", "path"),
    [
        (entry(presett="mixed"), r"DefaultQuantization\.params\.presett: .* did you mean 'preset'"),
        (entry(activations={"perchannel": False}), r"DefaultQuantization\.params\.activations\.perchannel"),
        (entry(maximal_drop=0.1), r"DefaultQuantization\.params\.maximal_drop: it belongs to AccuracyAware"),
        (entry(beside={"preset": "mixed"}), r"algorithms\[0\]\.preset: .* did you mean 'params\.preset'"),
        (entry(beside={"note": 1}), r"algorithms\[0\]\.note"),
        (entry("WeightSparsity", sparsity_level=0.5, ignored_scope="x"), r"ignored_scope: .* did you mean 'ignored'"),
    ],
    ids=["misspelt", "nested", "of another", "beside params", "unknown beside params", "sparsity"],
)
def test_what_means_nothing_is_passed_over_or_refused(stated, path):
    with pytest.warns(OpenPotWarning, match=path) as caught:
        create_pipeline([stated], None)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with pytest.raises(UnknownNameError, match=path):
        create_pipeline([stated], None, strict=True)


def test_strict_lists_everything_that_is_wrong_with_all_algorithms():
    with pytest.raises(ConfigError) as caught:
        create_pipeline(
            [entry(presett=1, stat_subset_size=0), entry("MinMaxQuantization", beside={"presett": 2}, sed=3)],
            None,
            strict=True,
        )
    lines = str(caught.value).splitlines()
    assert lines[0] == "4 faults in the configuration:"
    assert {line.split(":")[0].strip() for line in lines[1:]} == {
        "algorithms[1].presett",
        "DefaultQuantization.params.presett",
        "DefaultQuantization.params.stat_subset_size",
        "MinMaxQuantization.params.sed",
    }


def test_values_that_are_not_possible_are_errors_all_the_same():
    with pytest.raises(RuntimeError, match="stat_subset_size"):
        create_pipeline([entry(stat_subset_size=0)], None)


def test_openpots_own_door_stays_strict():
    for stated in (entry(presett="mixed"), entry(ignored={"scope": "conv1"})):
        with pytest.raises(ConfigError):
            openpot.create_pipeline([stated], None)


def test_one_name_in_the_ignored_scope_is_a_scope():
    (algorithm,) = create_pipeline([entry(ignored={"scope": "conv1"})], None).algo_seq
    assert algorithm.settings.ignored.select_for().scope == ("conv1",)


def test_vpu_is_npu():
    assert create_pipeline([entry(target_device="VPU")], None).algo_seq[0].settings.target_device == "NPU"


def test_algorithms_that_pot_gave_up_name_their_substitute():
    with pytest.raises(KeyError, match="use ParamsGridSearchAlgorithm"):
        create_pipeline([entry("QuantileTuningAlgorithm", maxiter=100)], None)
