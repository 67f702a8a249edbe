"""A long run of fuzzing led by coverage, with atheris: ``python benchmarks/fuzz.py net.onnx -max_total_time=3600``.

What is fuzzed: the readers of ``tests/test_fuzzed_files.py`` (there, in short, with hypothesis), by the name of the file.
The first file is whole; atheris (libFuzzer) changes it and keeps what reaches new lines of openpot. A file that ends in
anything but an error of openpot's is written to ``crash-...`` in the current folder. Further arguments are libFuzzer's.

Needs ``atheris`` (wheels for Linux, Python 3.11 to 3.13). OpenVINO's own code is not instrumented: there are no builds of
it that are; faults in it are found as crashes, which end the run with the file that caused them.
"""

import sys
import tempfile
import warnings
from pathlib import Path

import atheris
import openvino  # noqa: F401  before openpot, and not instrumented

TESTS = Path(__file__).parent.parent / "tests"


def main() -> None:
    """Fuzz the reader of one kind of file."""
    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(include=["openpot"]):
        import test_fuzzed_files as fuzzed
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in fuzzed.READERS:
        sys.exit(f"expected the name of a file, one of {', '.join(fuzzed.READERS)}, got {name!r}")
    warnings.simplefilter("ignore")
    folder, corpus = (Path(tempfile.mkdtemp(prefix="openpot-fuzz-")) for _ in range(2))
    fuzzed.write_files(folder, name)
    (corpus / name).write_bytes((folder / name).read_bytes())

    def look(content: bytes) -> None:
        (folder / name).write_bytes(content)
        fuzzed.read_or_refuse(folder / name)

    # Files longer than a few times the good one teach nothing new.
    longest = 4 * (corpus / name).stat().st_size
    atheris.Setup([sys.argv[0], f"-max_len={longest}", *sys.argv[2:], str(corpus)], look)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
