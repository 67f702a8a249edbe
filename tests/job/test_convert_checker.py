import pytest

from openpot.errors import ConfigError
from openpot.job.convert_checker import convert_evaluation

DATASET = {
    "name": "imagenet",
    "data_source": "val",
    "annotation_conversion": {"converter": "imagenet", "annotation_file": "val.txt"},
    "metrics": [{"name": "accuracy@top1", "type": "accuracy", "top_k": 1}, {"type": "accuracy", "top_k": 5}],
}


def data_of(*preprocessing, **changes):
    dataset = {**DATASET, "preprocessing": list(preprocessing), **changes}
    return convert_evaluation({"launchers": [{"adapter": "classification"}], "datasets": [dataset]})[0]["data"]


def test_images_annotations_and_metrics_have_counterparts():
    engine, notes = convert_evaluation({"datasets": [DATASET]})
    assert engine == {
        "data": {
            "image_folder": "val",
            "annotations": "val.txt",
            "channel_order": "BGR",
            "mean": [],
            "scale": [],
            "keeps_aspect_ratio": False,
        },
        "metrics": [{"name": "accuracy", "k": 1}, {"name": "accuracy", "k": 5}],
    }
    assert notes


def test_a_background_class_shifts_the_labels():
    conversion = {**DATASET["annotation_conversion"], "has_background": True}
    assert data_of(annotation_conversion=conversion)["label_offset"] == 1


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            [{"type": "resize", "size": 256, "aspect_ratio_scale": "greater"}, {"type": "crop", "size": 224}],
            {"keeps_aspect_ratio": True, "central_fraction": 0.875},
        ),
        ([{"type": "resize", "size": 224}, {"type": "crop", "size": 224}], {"keeps_aspect_ratio": False}),
        ([{"type": "crop", "central_fraction": 0.8}, {"type": "resize", "size": 299}], {"central_fraction": 0.8}),
        ([{"type": "normalization", "mean": "1, 2, 3", "std": 4}], {"mean": [1, 2, 3], "scale": [4, 4, 4]}),
        (
            [{"type": "normalization", "mean": [1, 2, 3]}, {"type": "bgr_to_rgb"}],
            {"channel_order": "RGB", "mean": [3, 2, 1]},
        ),
        (
            [{"type": "bgr_to_rgb"}, {"type": "normalization", "mean": [1, 2, 3]}],
            {"channel_order": "RGB", "mean": [1, 2, 3]},
        ),
        ([{"type": "bgr_to_gray"}, {"type": "normalization", "mean": 7}], {"channel_order": "grey", "mean": [7]}),
    ],
    ids=["resize and crop", "nothing to crop", "share", "numbers", "swapped later", "swapped before", "grey"],
)
def test_steps_become_one_description(steps, expected):
    data = data_of(*steps)
    assert {key: data[key] for key in expected} == expected
    assert ("central_fraction" in data) == ("central_fraction" in expected)


def test_pillow_reads_in_the_other_order():
    assert data_of(reader="pillow_imread")["channel_order"] == "RGB"


def test_everything_without_a_counterpart_is_listed():
    dataset = {
        **DATASET,
        "reader": {"type": "nifti_reader"},
        "annotation_conversion": {"converter": "mscoco_detection"},
        "preprocessing": [
            {"type": "tiling"},
            {"type": "crop", "size": 5},
            {"type": "normalization", "mean": "imagenet"},
        ],
        "postprocessing": [{"type": "nms"}],
        "metrics": [{"type": "map"}, {"type": "accuracy", "match": 1}],
    }
    with pytest.raises(ConfigError) as caught:
        convert_evaluation({"launchers": [{"adapter": {"type": "ssd"}}], "datasets": [dataset]})
    lines = str(caught.value).splitlines()[1:-1]
    assert [line.split(":")[0].strip() for line in lines] == [
        "launchers[0].adapter",
        "datasets[0].postprocessing",
        "datasets[0].annotation_conversion.converter",
        "datasets[0].reader",
        "datasets[0].preprocessing[0]",
        "datasets[0].preprocessing[1]",
        "datasets[0].preprocessing[2].mean",
        "datasets[0].metrics[0]",
        "datasets[0].metrics[1].match",
    ]


def test_two_data_sets_are_refused():
    both = {"optimization": DATASET, "evaluation": {**DATASET, "data_source": "other"}}
    with pytest.raises(ConfigError, match="different data sets calibrate and measure"):
        convert_evaluation({"datasets": both})
