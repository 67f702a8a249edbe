import math

import pytest

from openpot.config.run import parse_run
from openpot.job.convert import convert
from openpot.job.known_names import collect_known_names
from pot_workspace import SIMPLIFIED, config_with

KNOWN = collect_known_names()


def new_of(old, **options):
    return convert(parse_run(old, KNOWN), **options)


def default(**params):
    return ("DefaultQuantization", params)


def test_simplified_images_are_described_in_full():
    content = new_of(config_with({**SIMPLIFIED, "central_fraction": 0.875, "stat_requests_number": 2})).content
    assert content["engine"] == {
        "type": "openpot",
        "stat_requests_number": 2,
        "data": {
            "image_folder": "pictures",
            "layout": "NCHW",
            "channel_order": "BGR",
            "mean": [],
            "scale": [],
            "keeps_aspect_ratio": False,
            "central_fraction": 0.875,
        },
    }
    assert new_of(config_with(SIMPLIFIED), takes_grey=True).content["engine"]["data"]["channel_order"] == "grey"


def test_names_and_weights_stay_only_where_they_say_something():
    assert new_of(config_with(SIMPLIFIED)).content["model"] == {"model_name": "small", "model": "net.xml"}
    other = {"model": {"model_name": "net", "model": "net.xml", "weights": "elsewhere.bin"}}
    assert new_of(config_with(SIMPLIFIED, **other)).content["model"] == {"model": "net.xml", "weights": "elsewhere.bin"}


def test_a_cascade_stays_one():
    parts = [{"name": "p", "model": "p.xml", "weights": "p.bin"}, {"name": "r", "model": "r.xml"}]
    content = new_of(config_with(SIMPLIFIED, model={"model_name": "both", "cascade": parts})).content
    assert content["model"] == {
        "model_name": "both",
        "cascade": [{"name": "p", "model": "p.xml"}, {"name": "r", "model": "r.xml"}],
    }


def test_parameters_get_todays_spellings_and_lose_what_has_no_effect():
    params = {
        "preset": "symmetric",
        "inplace_statistics": True,
        "ignored": {"scope": ["a", ["loop", "b"]]},
        "model_type": "Transformer",
    }
    result = new_of(config_with(SIMPLIFIED, default(**params)))
    assert result.content["compression"] == {
        "target_device": "CPU",
        "algorithms": [
            {
                "name": "DefaultQuantization",
                "params": {
                    "preset": "performance",
                    "ignored": {"scope": ["a", "loop|b"]},
                    "model_type": "transformer",
                },
            }
        ],
    }
    assert any("inplace_statistics" in note for note in result.notes)


def test_what_the_section_says_is_not_said_again():
    old = config_with(SIMPLIFIED, ("QuantizationAlgos.MinMaxQuantization", {"target_device": "CPU"}))
    old["compression"] |= {"model_type": "transformer", "dump_intermediate_model": True}
    assert new_of(old).content["compression"] == {
        "target_device": "CPU",
        "model_type": "transformer",
        "dump_intermediate_model": True,
        "algorithms": [{"name": "MinMaxQuantization"}],
    }


def test_another_target_of_one_algorithm_stays_with_it():
    old = config_with(SIMPLIFIED, default(target_device="GPU"))
    assert new_of(old).content["compression"]["algorithms"][0]["params"] == {"target_device": "GPU"}


def test_an_infinite_threshold_stays_infinite():
    old = config_with(SIMPLIFIED, ("FastBiasCorrection", {"threshold": math.inf}))
    assert new_of(old).content["compression"]["algorithms"][0]["params"] == {"threshold": math.inf}


@pytest.mark.parametrize(
    "params",
    [
        {"preset": "asymmetric", "stat_subset_size": 300, "shuffle_data": True, "seed": 3},
        {
            "weights": {
                "bits": 8,
                "mode": "symmetric",
                "range_estimator": {"max": {"type": "quantile", "outlier_prob": 0.01}},
            }
        },
        {"range_estimator": {"preset": "quantile"}, "saturation_fix": "all", "use_fast_bias": False, "threshold": 7},
        {"ignored": {"operations": [{"type": "Add"}, {"type": "Convolution", "attributes": {"group": 1}}]}},
    ],
    ids=["common", "weights", "estimator", "ignored"],
)
def test_the_new_file_means_what_the_old_one_meant(params):
    old = parse_run(config_with(SIMPLIFIED, default(**params)), KNOWN)
    again = parse_run(convert(old).content, KNOWN)
    model = KNOWN.algorithms["DefaultQuantization"]
    assert model(**again.algorithms[0].params) == model(**old.algorithms[0].params)
    assert convert(again).content == convert(old).content
