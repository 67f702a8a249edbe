"""The pages of the guide and of the README: their code blocks, and a folder in which these can be run.

Every block says its language. ``python`` is executed, ``shell`` is given to the commands, ``yaml`` is a configuration
file; ``text`` is what a program prints and is not run.
"""

import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

import openvino as ov
from compressible_models import language_model
from onnx_models import conv_bn_relu
from openpot.cli.exit_codes import TARGET_NOT_MET
from openpot.cli.main import app as openpot_app
from openpot.cli.pot_command import app as pot_app
from openpot.data.metrics.top_k import TopKAccuracy
from openvino import opset13 as op
from pot_workspace import DEFAULT, OWN_ENGINE, SIMPLIFIED, config_with, make_workspace, write_config
from stream_models import stream_model
from toy_engines import labelled_images
from toy_models import built_once, conv, images, normal

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
}
TUTORIALS = sorted(name for name in PAGES if name.startswith("docs/tutorials/"))
COMMANDS = {"openpot": openpot_app, "pot": pot_app}
_BLOCK = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block: the page, the line that it begins in, its language and its text."""

    page: str
    line: int
    language: str
    text: str


def list_blocks(page):
    """The code blocks of a page in their order; directives of MyST such as ``{toctree}`` are none."""
    content = PAGES[page]
    found = (
        Block(page, content.count("\n", 0, match.start()) + 1, match[2], match[3]) for match in _BLOCK.finditer(content)
    )
    return [block for block in found if not block.language.startswith("{")]


def make_guide_workspace(folder):
    """What the pages name: toy networks, images, arrays and a module, under the names that readers put in."""
    make_workspace(folder)
    (folder / "pictures").rename(folder / "images")
    for name in ("model.xml", "second.xml"):
        ov.save_model(small_classifier(), folder / name, compress_to_fp16=False)
    ov.save_model(language_model(), folder / "language_model.xml", compress_to_fp16=False)
    ov.save_model(stream_model(), folder / "stream.xml", compress_to_fp16=False)
    ov.save_model(encoder(), folder / "encoder.xml", compress_to_fp16=False)
    np.savez(folder / "texts.npz", tokens=np.random.default_rng(0).integers(0, 128, (10, 12)))
    shutil.copy(folder / "samples.npz", folder / "other.npz")
    conv_bn_relu(folder / "model.onnx")
    for name, engine in (("config.json", OWN_ENGINE), ("old.json", {**SIMPLIFIED, "data_source": "images"})):
        write_config(folder, config_with(engine, DEFAULT), name)
    (folder / "my_module.py").write_text(
        "import numpy as np\n\n"
        "def samples():\n    return list(np.load('samples.npz')['data'])\n\n"
        "def pairs():\n    return list(zip(samples(), np.load('samples.npz')['label']))\n\n"
        "def my_metric(outputs, annotation):\n    return float(outputs[0].argmax() == annotation)\n"
    )
    return folder


@built_once
def small_classifier():
    """data[1,3,16,16] -> conv1 -> ReLU -> mean -> fc; the output is called logits."""
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, 8, 3, 3, 3), "conv1", 1, bias=normal(rng, 8)))
    x = op.relu(conv(x, normal(rng, 8, 8, 3, 3), "conv2", 1, bias=normal(rng, 8)))
    x = op.reduce_mean(x, op.constant(np.array([2, 3])), keep_dims=False)
    x = op.matmul(x, op.constant(normal(rng, 5, 8)), False, True, name="fc")
    x.output(0).get_tensor().set_names({"logits"})
    data.output(0).get_tensor().set_names({"data"})
    return ov.Model([op.result(x)], [data], "classifier")


@built_once
def encoder():
    """input_ids[1,?] and attention_mask[1,?] -> embedding, masked -> two products -> mean over the positions."""
    rng = np.random.default_rng(1)
    ids, mask = (op.parameter([1, -1], np.int64, name=name) for name in ("input_ids", "attention_mask"))
    for node in (ids, mask):
        node.output(0).get_tensor().set_names({node.get_friendly_name()})
    table = op.constant(normal(rng, 128, 16, scale=1.0))
    x = op.gather(table, ids, op.constant(0))
    x = op.multiply(x, op.unsqueeze(op.convert(mask, ov.Type.f32), op.constant(2)))
    for number in range(2):
        x = op.relu(op.matmul(x, op.constant(normal(rng, 16, 16)), False, True, name=f"fc{number}"))
    return ov.Model([op.result(op.reduce_mean(x, op.constant(np.array([1]))))], [ids, mask], "encoder")


def run_python(block, names):
    """Execute a block in the names of the blocks before it; a failure shows the line of the page."""
    source = "\n" * block.line + block.text
    exec(compile(source, block.page, "exec"), names)


def run_shell(block):
    """Give the commands of a block to openpot and pot; those of other programs are left out."""
    for line in read_commands(block):
        program, *words = shlex.split(line, comments=True)
        if program not in COMMANDS:
            continue
        done = CliRunner().invoke(COMMANDS[program], words)
        allowed = (0, TARGET_NOT_MET) if "latency" in words else (0,)  # where measured times decide
        assert done.exit_code in allowed, f"{block.page}, line {block.line}: {line}\n{done.output}"


def read_commands(block):
    """The lines of a shell block, continued ones joined."""
    joined = block.text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def import_examples():
    """Let tutorials import what lies in ``examples``, as they do when they are run there."""
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))


def names_of_the_readme():
    """What the README takes for granted: samples of model.onnx, a loader for net.xml, metrics and stages."""

    def accuracy(outputs, annotation):
        return float(outputs[0].sum() > annotation)

    def stage(infer, sample, earlier):
        return infer(sample)

    pairs = [(sample, 0) for sample in images(6, (3, 8, 8))]
    stages = dict.fromkeys(("propose", "refine", "finish"), stage)
    return {"samples": pairs, "accuracy": accuracy, "metric": TopKAccuracy(), "loader": labelled_images(), **stages}
