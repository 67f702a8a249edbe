"""Part X: files and names that somebody else made."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import socket
import stat
import sys
import zipfile
import zlib

import numpy as np

import openvino as ov

from .cases import FAILED, Ending, case
from .config_cases import GOOD, config
from .processes import prepare, run_command, run_script
from .toys import network, samples


class Payload:
    """Unpickling it makes a file."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (open, (str(self.marker), "w"))


def unless_run(folder, act):
    """What ``act`` does, and whether the payload ran."""
    try:
        act()
        ending = Ending("done")
    except Exception as error:
        ending = Ending("refused", f"{type(error).__name__}: {error}", getattr(error, "exit_code", None))
    return Ending("damage", "the payload ran") if (folder / "ran").exists() else ending


@case("X01", "a torch archive with a pickle, called model.onnx", "onnx", must_end="refused")
def torch_archive(tool, folder):
    with zipfile.ZipFile(folder / "model.onnx", "w") as archive:
        for name in ("archive/data.pkl", "model/data.pkl", "models/model.pkl", "sample_inputs/model.pt"):
            archive.writestr(name, pickle.dumps(Payload(folder / "ran")))
        archive.writestr("archive/version", "3")
        archive.writestr("archive_format", "pt2")
    return unless_run(folder, lambda: tool.quantize(folder / "model.onnx", samples()))


@case("X02", "a torch file", "torch", must_end="refused")
def torch_file(tool, folder):
    (folder / "model.pt").write_bytes(pickle.dumps(Payload(folder / "ran")))
    return unless_run(folder, lambda: tool.quantize(folder / "model.pt", samples()))


def varint(value):
    made = b""
    while value > 127:
        made += bytes([value & 127 | 128])
        value >>= 7
    return made + bytes([value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx_model(location, rows=16, offset=0):
    """A matrix product whose weights lie in a file beside it; the format is written by hand, without the onnx package."""
    def external(key, value):
        return field(13, field(1, key) + field(2, str(value)))

    weights = field(1, 4) + field(1, rows) + field(2, 1) + field(8, "weights") + external("location", location) + external("offset", offset) + external("length", 16 * rows) + field(14, 1)

    def value(name, *shape):
        dims = b"".join(field(1, field(1, size)) for size in shape)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))

    node = field(1, "data") + field(1, "weights") + field(2, "out") + field(4, "MatMul")
    graph = field(1, node) + field(2, "graph") + field(5, weights) + field(11, value("data", 1, 4)) + field(12, value("out", 1, rows))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


def external_data(tool, folder, location, prepare_files, **choices):
    inside = folder / "inside"
    inside.mkdir()
    (folder / "secret.bin").write_bytes(np.arange(64, dtype=np.float32).tobytes())
    prepare_files(inside)
    (inside / "model.onnx").write_bytes(onnx_model(location, **choices))
    model = tool.read(inside / "model.onnx")
    return Ending("done", f"{len(model.get_ops())} operations")


@case("X03", "external data of an ONNX model beside it", must_end="done")
def external_beside(tool, folder):
    return external_data(tool, folder, "weights.bin", lambda inside: (inside / "weights.bin").write_bytes(bytes(256)))


@case("X04", "external data at ../", "secret|outside|external|folder", must_end="refused")
def external_above(tool, folder):
    return external_data(tool, folder, "../secret.bin", lambda inside: None)


@case("X05", "external data at an absolute path", "secret|outside|external|folder", must_end="refused")
def external_absolute(tool, folder):
    return external_data(tool, folder, str(folder / "secret.bin"), lambda inside: None)


@case("X06", "external data by a symbolic link", "secret|outside|link|external", must_end="refused")
def external_link(tool, folder):
    return external_data(tool, folder, "weights.bin", lambda inside: (inside / "weights.bin").symlink_to(folder / "secret.bin"))


@case("X07", "external data by a hard link", "weights.bin", "hard link", must_end="refused")
def external_hard_link(tool, folder):
    return external_data(tool, folder, "weights.bin", lambda inside: os.link(folder / "secret.bin", inside / "weights.bin"))


@case("X08", "entities in an .xml", must_end="either", silent=2)
def entities(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    (folder / "secret").write_text("secret")
    text = (folder / "model.xml").read_text()
    bomb = f'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file://{folder}/secret">]>'
    (folder / "model.xml").write_text(text.replace("?>", "?>" + bomb, 1).replace('name="toy"', 'name="&b;&f;"', 1))
    model = tool.read(folder / "model.xml")
    name = model.get_friendly_name()
    return Ending("damage", name) if "secret" in name or "lollol" in name else Ending("done", name)


@case("X09", "an .xml nested 200,000 deep", must_end="either", silent=2)
def deep(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    text = (folder / "model.xml").read_text()
    (folder / "model.xml").write_text(text.replace("<layers>", "<layers>" + "<a>" * 200_000 + "</a>" * 200_000, 1))
    tool.read(folder / "model.xml")


@case("X10", "an archive of arrays that unpacks to 100 GB", "bytes|large|limit", must_end="refused", only="openpot", quick=False)
def bomb(tool, folder):
    model, _ = prepare(folder)
    rows = 100 * 2**30 // (3 * 16 * 16 * 4)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (rows, 3, 16, 16)})
    with zipfile.ZipFile(folder / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", header.getvalue() + bytes(1 << 20))
    content = bytearray((folder / "bomb.npz").read_bytes())
    place = content.rfind(b"PK\x01\x02")  # the directory promises little as well
    content[place + 24 : place + 28] = (2**31).to_bytes(4, "little")
    (folder / "bomb.npz").write_bytes(content)
    return run_command(tool.quantize_command(model, folder / "bomb.npz", folder / "out"), folder)


@case("X11", "an archive of arrays, 3 GB of zeros in 3 MB", "bytes|large|limit|memory", must_end="refused", only="openpot", quick=False, seconds=90)
def zeros(tool, folder):
    model, _ = prepare(folder)
    shape = (3 * 2**30 // (3 * 16 * 16 * 4), 3, 16, 16)
    with zipfile.ZipFile(folder / "zeros.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("data.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for _ in range(3 * 64):
            member.write(bytes(1 << 24))
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (3 * 2**30,) * 2)\nfrom openpot.cli.main import main\nmain()"
    words = [sys.executable, "-c", limit, "quantize", model, "--data", folder / "zeros.npz", "--output", folder / "out"]
    return run_command(words, folder, 80)


@case("X12", "an archive of pickled objects", "object|pickle", must_end="refused", only="openpot")
def pickled(tool, folder):
    from openpot.data.source import open_data

    np.savez(folder / "data.npz", data=np.array([Payload(folder / "ran")] * 4, dtype=object))
    return unless_run(folder, lambda: open_data(folder / "data.npz")[0])


@case("X13", "a pipe as .bin", "regular|pipe", must_end="refused", seconds=15, quick=False)
def pipe(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    (folder / "model.bin").unlink()
    os.mkfifo(folder / "model.bin")
    return tool.quantize(folder / "model.xml", samples())


@case("X14", "<script> as name of an operation, in the report", must_end="done", only="openpot", quick=False)
def script_name(tool, folder):
    tool.quantize_and_tell(network(prefix="<script>alert(1)</script><img src=x onerror=alert(1)>"), samples()).save(folder / "out")
    page = (folder / "out" / "report.html").read_text()
    return Ending("damage", "markup in the report") if "<script" in page or "<img src=x" in page else Ending("done")


@case("X15", "terminal escapes in names of operations", must_end="done", only="openpot", quick=False)
def escapes(tool, folder):
    model, data = prepare(folder, network(prefix="\x1b]0;owned\x07\x1b[31m"))
    text = model.read_text(errors="replace")
    if "\x1b" not in text:
        model.write_text(text.replace("conv1", "&#27;]0;owned&#7;conv1"))
    said = ""
    for words in (tool.command("quantize", model, "--dry-run"), tool.quantize_command(model, data, folder / "out"), tool.quantize_command(model, data, folder / "out", "--ignored", "\x1b[31mx")):
        ending = run_command(words, folder)
        said += ending.text
        if ending.outcome in ("killed", "hanging"):
            return ending
    bad = [repr(sign) for sign in ("\x1b", "\x07", "\x9b") if sign in said]
    return Ending("damage", f"{bad} reach the terminal") if bad else Ending("done")


@case("X16", "a configuration that names code", "code|allow", must_end="refused", only="openpot", quick=False)
def code_in_config(tool, folder):
    (folder / "evil.py").write_text("import pathlib\npathlib.Path('ran').touch()\ndef data():\n    return []\n")
    made = json.loads(json.dumps(GOOD))
    made["engine"]["data"] = {"callable": "evil:data"}
    ending = config(folder, json.dumps(made))
    return Ending("damage", "the code ran") if (folder / "ran").exists() else ending


@case("X17", "an object tag in YAML", "run.yaml", must_end="refused", only="openpot", quick=False)
def yaml_tag(tool, folder):
    ending = config(folder, f"model: !!python/object/apply:os.mknod ['{folder}/ran']\n", ".yaml")
    return Ending("damage", "the code ran") if (folder / "ran").exists() else ending


@case("X18", "a YAML bomb", "run.yaml|alias|large", must_end="refused", only="openpot", quick=False, seconds=20)
def yaml_bomb(tool, folder):
    lines = ["a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return config(folder, "\n".join(lines), ".yaml")


@case("X19", "no socket is opened, nothing is written into HOME", must_end="done", quick=False)
def no_network(tool, folder):
    home = folder / "home"
    home.mkdir()
    text = """
import socket
def refuse(*_, **__):
    (folder / "opened").touch()
    raise OSError("no network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
tool.save(tool.quantize(toys.network(), toys.samples()), folder / "out")
"""
    head = "import socket, pathlib\nold = socket.socket\ndef refuse(*_, **__):\n    pathlib.Path('opened').touch()\n    raise OSError('no network')\nsocket.getaddrinfo = refuse\nsocket.socket.connect = refuse\n"
    (folder / "sitecustomize.py").write_text(head)
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    environment.pop("OPENVINO_TELEMETRY", None)
    first = "import openpot\n" if tool.NAME == "openpot" else ""
    words = [sys.executable, "-c", first + f"import sys\nsys.path.insert(0, {str(__import__('reliability_card.processes', fromlist=['x']).HERE)!r})\nfrom pathlib import Path\nfrom reliability_card import toys, {tool.NAME}_driver as tool\nfolder = Path({str(folder)!r})\n{text}"]
    ending = run_command(words, folder, env=environment)
    written = [str(path.relative_to(home)) for path in home.rglob("*")]
    if (folder / "opened").exists() or written:
        return Ending("damage", f"a connection was opened or files were written: {written}\n{ending.text}")
    return ending


@case("X20", "temporary files are private", must_end="done", only="openpot")
def private(tool, folder):
    import openpot
    from openpot import atomic_files

    seen = []
    real = atomic_files.put_in_place

    def look(staged, target):
        seen.append(stat.S_IMODE(staged.parent.stat().st_mode) | stat.S_IMODE(staged.parent.parent.stat().st_mode if "openpot" in staged.parent.parent.name else 0))
        return real(staged, target)

    old = os.umask(0)
    atomic_files.put_in_place = look
    try:
        atomic_files.write_text(folder / "out" / "file.txt", "x")
    finally:
        os.umask(old)
        atomic_files.put_in_place = real
    return Ending("done") if seen and all(mode & 0o077 == 0 for mode in seen) else Ending("damage", f"{[oct(mode) for mode in seen]}")


def mutants(tool, folder, name, count, seed):
    """Files with some bytes changed: no crash, no hang; what is refused is refused by an error of the tool's own."""
    text = f"""
import random
path = folder / {name!r}
good = path.read_bytes()
rng = random.Random({seed})
foreign = []
for number in range({count}):
    content = bytearray(good)
    for _ in range(rng.choice((1, 1, 2, 8))):
        kind, place = rng.randrange(4), rng.randrange(len(content))
        if kind == 0:
            content[place] = rng.randrange(256)
        elif kind == 1:
            del content[place : place + rng.randrange(1, 64)]
        elif kind == 2:
            content[place:place] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 16)))
        else:
            content[place] ^= 1 << rng.randrange(8)
        if not content:
            content = bytearray(b"x")
    path.write_bytes(content)
    try:
        tool.read(path)
    except Exception as error:
        if not hasattr(error, "exit_code") and not (tool.NAME == "nncf" and isinstance(error, RuntimeError)):
            foreign.append(f"{{type(error).__name__}}: {{error}}"[:200])
print(len(foreign), "errors of a foreign kind", set(foreign))
os._exit(0 if not foreign else 1)
"""
    return run_script(tool, text, folder, 100)


@case("X21", "300 mutants of an .xml", must_end="done", quick=False, seconds=110)
def xml_mutants(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    return mutants(tool, folder, "model.xml", 300, 1)


@case("X22", "300 mutants of an .onnx", must_end="done", quick=False, seconds=110)
def onnx_mutants(tool, folder):
    (folder / "weights.bin").write_bytes(bytes(256))
    (folder / "model.onnx").write_bytes(onnx_model("weights.bin"))
    return mutants(tool, folder, "model.onnx", 300, 2)


@case("X23", "an offset beyond the .bin", "model", must_end="refused")
def offset(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    text = (folder / "model.xml").read_text()
    (folder / "model.xml").write_text(text.replace('offset="0"', 'offset="99999999999"', 1))
    return tool.quantize(folder / "model.xml", samples())


@case("X24", "an input of 2^40 values", "memory|bytes|shape|large", must_end="refused", quick=False, seconds=30)
def huge_input(tool, folder):
    model = network()
    model.reshape([1, 3, 2**20, 2**20])
    return tool.quantize(model, samples())
