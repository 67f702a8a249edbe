"""Scripts written for POT run unchanged and do what they did."""

import logging

import numpy as np
import pytest
from PIL import Image

import openvino as ov

FP32_ACCURACY = 0.9583

# Users leave files open, give an algorithm the parameters of another, and feed pixels: all of it still works.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::openpot.errors.OpenPotWarning")


def read(path):
    return ov.Core().read_model(path)


def int8_weights(model):
    """Names of the constants that are stored in 8 bits."""
    return {
        node.get_friendly_name()
        for node in model.get_ops()
        if node.get_type_name() == "Constant" and node.get_element_type().to_string() in ("i8", "u8")
    }


def nodes_of(model, kind):
    return [node.get_friendly_name() for node in model.get_ordered_ops() if node.get_type_name() == kind]


def weights_of(model, name):
    """What the weights input of an operation is computed from, in one set of type names."""
    pending, found = (
        [next(n for n in model.get_ops() if n.get_friendly_name() == name).input_value(1).get_node()],
        set(),
    )
    while pending:
        node = pending.pop()
        found.add(node.get_type_name() if node.get_type_name() != "Constant" else node.get_element_type().to_string())
        pending += [value.get_node() for value in node.input_values()]
    return found


def run_model(path, *inputs):
    compiled = ov.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return list(compiled(list(inputs)).values())


def test_classification_keeps_its_accuracy_and_gets_int8_weights(workspace, run_script, capsys):
    data = workspace / "data"
    script = run_script("classification.py", "-m", workspace / "net.xml", "-d", data, "-a", data / "labels.txt")
    name = "accuracy@top1"
    assert script.before[name] == pytest.approx(FP32_ACCURACY, abs=1e-4)
    assert script.after[name] >= FP32_ACCURACY - 0.01
    assert [record["sample_id"] for record in script.per_sample] == list(range(120))
    assert {record["metric_name"] for record in script.per_sample} == {name}
    assert np.mean([record["result"] for record in script.per_sample]) == pytest.approx(script.before[name])
    assert script.paths == [
        {"model": "./optimized/classifier_int8.xml", "weights": "./optimized/classifier_int8.bin"}
    ] or script.paths == [{"model": "optimized/classifier_int8.xml", "weights": "optimized/classifier_int8.bin"}]
    saved = read(script.paths[0]["model"])
    assert len(int8_weights(saved)) == 3
    assert saved.outputs[0].get_names() >= {"prob"}
    assert f"INFO:__main__:{name}: " in capsys.readouterr().out


def test_accuracy_aware_script_keeps_its_accuracy(workspace, run_script):
    data = workspace / "data"
    script = run_script("accuracy_aware.py", "-m", workspace / "net.xml", "-d", data, "-a", data / "labels.txt")
    name = "accuracy@top1"
    assert script.before[name] == pytest.approx(FP32_ACCURACY, abs=1e-4)
    assert script.after[name] >= script.before[name]
    result = script.pipeline.algo_seq[0].result
    assert result.status == "reached"
    assert script.after[name] == pytest.approx(result.metrics[name])
    assert script.pipeline.algo_seq[0].config["maximal_drop"] == 0.0


def test_script_of_2021_with_the_annotation_first(workspace, run_script):
    script = run_script("annotation_first.py", workspace / "net.xml", workspace / "data")
    assert script.fp32["accuracy"] == pytest.approx(FP32_ACCURACY, abs=1e-4)
    assert script.int8["accuracy"] >= FP32_ACCURACY - 0.01
    assert [record["sample_id"] for record in script.records] == list(range(120))
    assert [path["model"] for path in script.paths] == ["optimized/classifier.xml"]
    assert len(int8_weights(read("optimized/classifier.xml"))) == 3


def test_overridden_postprocess_output_sees_outputs_and_metadata(workspace, run_script):
    script = run_script("custom_postprocess.py", workspace / "net.xml", workspace / "data")
    assert script.before["top1"] == pytest.approx(FP32_ACCURACY, abs=1e-4)
    assert script.after["top1"] >= FP32_ACCURACY - 0.01
    assert script.numbers_of_evaluation == list(range(120))
    assert len(int8_weights(read("result/rotated.xml"))) == 3


def test_engine_with_the_documented_signature_of_predict_calibrates(workspace, run_script):
    script = run_script("documented_engine.py", workspace / "net.xml", workspace / "data")
    assert script.engine.predictions >= 16
    saved = read(script.paths[0]["model"])
    assert len(int8_weights(saved)) == 3
    image = np.load(workspace / "data" / "0000.npy")[None]
    expected = run_model(workspace / "net.xml", image)[0]
    np.testing.assert_allclose(run_model(script.paths[0]["model"], image)[0], expected, atol=0.1)


def test_dict_samples_feed_inputs_by_name(workspace, run_script):
    script = run_script("dict_inputs.py", workspace / "two.xml")
    assert script.result is None
    saved = read("out/two_int8.xml")
    assert [port.get_any_name() for port in saved.inputs] == ["image", "numbers"]
    assert [port.get_any_name() for port in saved.outputs] == ["first", "second"]
    assert weights_of(saved, "first") >= {"i8"}
    assert weights_of(saved, "second") == {"f32"} or weights_of(saved, "second") == {"f16", "Convert"}


def test_algorithm_configuration_of_the_reference_needs_no_target_device(workspace, run_script):
    script = run_script("reference_config.py", workspace / "net.xml", workspace / "data")
    assert (script.name, script.preset) == ("DefaultQuantization", "mixed")
    assert script.metrics is None
    assert script.is_same
    saved = read(script.paths[0]["model"])
    assert "conv1/fq_weights_1" in nodes_of(saved, "FakeQuantize")
    assert int8_weights(saved) == set(), "weights are not compressed unless the script asks for it"


@pytest.mark.usefixtures("compiled_anew")
def test_building_blocks_by_class_give_the_same_model_twice(workspace, run_script):
    script = run_script("building_blocks.py", workspace / "net.xml", workspace / "data")
    assert script.names == ["ActivationChannelAlignment", "MinMaxQuantization", "FastBiasCorrection"]
    assert script.quantizers[0] == script.quantizers[1]
    assert {"conv1/fq_input_0", "conv1/fq_weights_1", "conv2/fq_weights_1", "fc/fq_weights_1"} <= set(
        script.quantizers[0]
    )
    for entry, other in zip(script.first.models, script.second.models, strict=True):
        image = np.load(workspace / "data" / "0003.npy")[None]
        outputs = [ov.Core().compile_model(one["model"], "CPU")(image)[0] for one in (entry, other)]
        np.testing.assert_array_equal(*outputs)
    assert "conv1/fq_weights_1" in nodes_of(script.third.models[0]["model"], "FakeQuantize")


def test_algorithms_beyond_the_default_one(workspace, run_script):
    script = run_script("beyond_quantization.py", workspace / "net.xml", workspace / "data")
    assert [type(p.algo_seq[0]) for p in (script.sparse_pipeline, script.guarded_pipeline)] == script.classes[:2]
    sparse, guarded, corrected = (read(saved[0]["model"]) for saved in script.saved)
    weights = [node for node in sparse.get_ops() if node.get_type_name() == "Constant" and node.get_output_size() == 1]
    large = np.concatenate([np.ravel(node.data) for node in weights if np.size(node.data) > 500])
    assert np.mean(large == 0) == pytest.approx(0.3, abs=0.05)
    assert nodes_of(guarded, "Clamp") == ["relu1/min_max_Clamp", "relu2/min_max_Clamp"]
    assert {"conv1/fq_weights_1", "conv2/fq_weights_1"} <= set(nodes_of(corrected, "FakeQuantize"))
    image = np.load(workspace / "data" / "0003.npy")[None]
    outputs = [
        ov.Core().compile_model(one, "CPU")(image)[0] for one in (read(workspace / "net.xml"), guarded, corrected)
    ]
    np.testing.assert_allclose(outputs[1], outputs[0], atol=1e-2)
    np.testing.assert_allclose(outputs[2], outputs[0], atol=0.1)


def test_searches_and_tuned_layers_improve_on_what_they_begin_with(workspace, run_script):
    script = run_script("searches.py", workspace / "net.xml", workspace / "data")
    found = [type(script.grid_pipeline.algo_seq[0]), type(script.range_pipeline.algo_seq[1])]
    assert found == script.classes
    assert script.grid_value >= script.plain_value - 1e-6
    assert script.range_value >= script.plain_value - 1e-6
    partly, tuned, sparse, fitted = (read(saved[0]["model"]) for saved in script.saved)
    large = [
        np.concatenate(
            [np.ravel(n.data) for n in one.get_ops() if n.get_type_name() == "Constant" and np.size(n.data) > 500]
        )
        for one in (sparse, fitted)
    ]
    assert [np.mean(one == 0) for one in large] == pytest.approx([0.5, 0.5], abs=0.05)
    fit = script.fitted_pipeline.algo_seq[0].result
    came_closer = fit.error_after < fit.error_before
    assert (len(fit.tuned), np.array_equal(*large)) == ((3, False) if came_closer else (0, True))
    assert not [name for name in nodes_of(partly, "FakeQuantize") if name.startswith("conv1")]
    assert nodes_of(tuned, "FakeQuantize")
    assert script.tuned_pipeline.algo_seq[0].result.tuning is not None
    assert not nodes_of(fitted, "FakeQuantize")


@pytest.fixture
def registry():
    """The registry of algorithms, without what a script added to it afterwards."""
    from openpot.registry import COMPRESSION_ALGORITHMS

    before = dict(COMPRESSION_ALGORITHMS.registry_dict)
    yield
    COMPRESSION_ALGORITHMS.registry_dict.clear()
    COMPRESSION_ALGORITHMS.registry_dict.update(before)


@pytest.mark.usefixtures("registry")
def test_algorithm_of_the_user_asks_for_statistics_and_changes_weights(workspace, run_script):
    script = run_script("own_algorithm.py", workspace / "net.xml", workspace / "data")
    assert script.convolutions == ["conv1", "conv2"]
    assert script.largest == pytest.approx(4.598063, rel=1e-3)  # what POT 2023.3 computes
    values = script.after["fc_bias"]["largest"]
    assert len(values) == 20
    assert np.mean(values) == pytest.approx(1.0, rel=1e-4)


def test_replaced_private_methods_of_the_engine_are_used(workspace, run_script):
    script = run_script("private_hooks.py", workspace / "two.xml")
    assert script.before["items"] == script.after["items"] == 10
    assert script.before["spread"] == pytest.approx(0.543, abs=0.01)  # what POT 2023.3 computes, up to bfloat16
    # POT gives 0.498 here: without VNNI, products of 8-bit numbers overflow 16 bits in the last layers.
    assert script.after["spread"] == pytest.approx(script.before["spread"], rel=0.25)
    assert script.Filling.filled >= 30, "evaluation, calibration, evaluation"


def test_statistics_are_collected_by_layout(workspace, run_script):
    script = run_script("statistics_layout.py", workspace / "net.xml", workspace / "data")
    assert script.metrics is None
    # What POT 2023.3 computes, up to bfloat16.
    np.testing.assert_allclose(script.collected["conv1_bias"]["mean"], [0.01187, -0.02031, 0.00821], atol=5e-4)
    np.testing.assert_allclose(
        script.collected["conv1_bias"]["channels"][0][0, :4], [5.4829, 3.4832, 2.6119, 2.1250], rtol=1e-2
    )
    assert script.collected["relu2"]["shape"] == [(1, 24, 4, 4)] * 3
    np.testing.assert_allclose(np.ravel(script.medians), [0, 0, 0.03613, 0, 0, 0.00072], atol=1e-3)
    assert script.average == pytest.approx(np.mean(script.medians), rel=1e-5)


def test_folder_of_pictures_calibrates_the_simplified_mode(workspace, run_script, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8)).save(pictures / f"{number}.png")
    script = run_script("simplified_images.py", workspace / "net.xml", pictures)
    assert len(int8_weights(read("simplified/net_int8.xml"))) == 3
    assert script.version[0].isdigit()


def test_cascade_runs_through_its_own_engine(workspace, run_script):
    script = run_script("cascade.py", workspace / "proposal.xml", workspace / "refinement.xml")
    assert (script.is_cascade, script.names) == (True, ["proposal", "refinement"])
    assert script.before["pictures"] == script.after["pictures"] == 4
    assert script.before["score"] == pytest.approx(3.1118, abs=0.02)  # what POT 2023.3 computes, up to bfloat16
    assert script.after["score"] == pytest.approx(script.before["score"], rel=0.1)
    assert [path["name"] for path in script.paths] == ["proposal", "refinement"]
    first, second = (read(path["model"]) for path in script.paths)
    assert int8_weights(first)
    assert "conv2" in nodes_of(second, "Convolution"), "names are saved without the prefix of the cascade"
    assert "i8" in weights_of(second, "conv1")
    assert "i8" not in weights_of(second, "conv2")


def test_loggers_of_the_host_are_left_alone(workspace, run_script):
    before = list(logging.root.handlers), logging.root.level
    run_script("statistics_layout.py", workspace / "net.xml", workspace / "data")
    assert (list(logging.root.handlers), logging.root.level) == before
