"""The samples run on real networks and real data, in POT's form and in openpot's, and INT8 stays close to FP32."""

import sys
from pathlib import Path

import numpy as np
import pytest

import openvino as ov

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import face_cascade
import page_orientation
import speech
import super_resolution
import text_detection
from face_pictures import EVALUATION, Faces
from registry_models import fetch
from speech_prompts import conversation
from typeset_pages import SIZE, typeset

import openpot

# Engines of POT's form tell users of pixels and of parameters without effect; that is not what is looked at here.
pytestmark = pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")


@pytest.fixture(autouse=True)
def short_timing(monkeypatch):
    monkeypatch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)


def int8_constants(path):
    nodes = ov.Core().read_model(path).get_ops()
    return [n for n in nodes if n.get_type_name() == "Constant" and n.get_element_type().to_string() in ("i8", "u8")]


@pytest.mark.parametrize("run", [page_orientation.classic, page_orientation.modern], ids=["classic", "modern"])
def test_classification_keeps_its_accuracy(run, tmp_path):
    calibration, evaluation = page_orientation.turned_pages(0, 4), page_orientation.turned_pages(100, 6)
    before, after = run(fetch("page-orientation"), calibration, evaluation, tmp_path)
    assert before > 0.9
    assert after >= before - 0.05
    assert len(int8_constants(next(tmp_path.glob("*.xml")))) > 25


@pytest.mark.parametrize("run", [text_detection.classic, text_detection.modern], ids=["classic", "modern"])
def test_detection_keeps_its_average_precision(run, tmp_path):
    before, after = run(
        fetch("text-detector"), text_detection.Pages(range(4)), text_detection.Pages(range(100, 103)), tmp_path
    )
    assert before > 0.9
    assert after >= before - 0.05
    assert len(int8_constants(next(tmp_path.glob("*.xml")))) > 30


@pytest.mark.parametrize("run", [super_resolution.classic, super_resolution.modern], ids=["classic", "modern"])
def test_super_resolution_loses_at_most_a_decibel_and_a_half(run, tmp_path, monkeypatch):
    monkeypatch.setattr(super_resolution, "SIDE", 40)
    calibration = super_resolution.patches(["chelsea.png", "rocket.jpg"], 4, 0)
    evaluation = super_resolution.patches(["astronaut.png", "coffee.png"], 2, 1)
    before, after = run(fetch("waifu2x-upconv"), calibration, evaluation, tmp_path)
    assert before > 31
    assert after >= before - 1.5
    assert len(int8_constants(next(tmp_path.glob("*.xml")))) >= 4  # ends may stay in float


@pytest.mark.parametrize("run", [face_cascade.classic, face_cascade.modern], ids=["classic", "modern"])
def test_face_cascade_finds_the_same_faces(run, tmp_path):
    calibration, evaluation = Faces(("biden.jpg", "obama3.jpg", "chelsea.png")), Faces(EVALUATION[1:])
    calibration.samples = calibration.samples[::3]
    before, after = run(calibration, evaluation, tmp_path)
    assert before > 0.95
    assert after >= before - 0.05
    assert {path.stem: bool(int8_constants(path)) for path in tmp_path.glob("*.xml")} == dict.fromkeys(
        ("pnet", "rnet", "onet"), True
    )


def test_both_engines_of_the_cascade_quantize_alike(tmp_path):
    calibration = Faces(("biden.jpg",))
    for name, engine in (
        ("own", face_cascade.OwnEngine({}, calibration)),
        ("ready", openpot.CascadeEngine({}, calibration, stages=face_cascade.STAGES)),
    ):
        face_cascade.quantized(engine, tmp_path / name)
    pixels = np.asarray(Faces(("obama.jpg",)).samples[0][0])
    found = []
    for name in ("own", "ready"):
        parts = [{"name": part, "model": tmp_path / name / f"{part}.xml"} for part in face_cascade.STAGES]
        engine = openpot.CascadeEngine({}, calibration, stages=face_cascade.STAGES)
        engine.set_model(openpot.load_model({"model_name": "mtcnn", "cascade": parts}))
        found.append(engine.run_sample(pixels))
    assert len(found[0]["boxes"]) == 1
    np.testing.assert_allclose(found[0]["boxes"], found[1]["boxes"], atol=2)


@pytest.mark.parametrize("run", [speech.classic, speech.modern], ids=["classic", "modern"])
def test_speech_is_heard_as_before(run, tmp_path):
    calibration = [conversation(seed, 4) for seed in range(2)]
    evaluation = [conversation(seed, 4, of_first_half=False) for seed in range(100, 103)]
    before, after = run(fetch("silero-vad"), calibration, evaluation, tmp_path)
    assert 0.6 < before < 1, "neither broken nor too easy"
    assert after >= before - 0.05
    assert int8_constants(tmp_path / "vad.xml")


def test_pages_are_the_same_each_time_and_their_boxes_hold_the_ink():
    page, again = typeset(3), typeset(3)
    assert page.picture.tobytes() == again.picture.tobytes()
    assert typeset(4).picture.tobytes() != page.picture.tobytes()
    pixels = np.asarray(page.picture.convert("L"), np.float32)
    outside = np.ones((SIZE, SIZE), bool)
    for left, top, right, bottom in page.lines.astype(int):
        assert pixels[top:bottom, left:right].min() < pixels[0, 0] - 60
        outside[top - 3 : bottom + 3, left - 3 : right + 3] = False
    assert np.ptp(pixels[outside]) < 5
    assert len(page.lines) > 5


def test_recordings_have_labelled_speech_and_pauses():
    frames, labels = conversation(0, 6)
    assert frames.shape == (len(labels), 512)
    assert (labels == 1).sum() > 20
    assert (labels == 0).sum() > 10
    loudness = np.sqrt(np.square(frames).mean(axis=1))
    assert np.median(loudness[labels == 1]) > np.median(loudness[labels == 0])
