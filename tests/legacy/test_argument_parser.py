import pytest

from openpot.legacy.argument_parser import get_common_argparser


@pytest.mark.parametrize(
    "line",
    ["-m net.xml -w net.bin -d data", "--model net.xml --weights net.bin --dataset data"],
    ids=["short", "long"],
)
def test_common_options_are_read(line):
    assert vars(get_common_argparser().parse_args(line.split())) == {
        "model": "net.xml",
        "weights": "net.bin",
        "dataset": "data",
    }


def test_weights_may_be_left_out():
    assert get_common_argparser().parse_args(["-m", "net.xml", "-d", "data"]).weights is None


@pytest.mark.parametrize(
    "line", ["-d data", "-m net.xml", "--mod net.xml -d data"], ids=["model", "dataset", "abbreviated"]
)
def test_incomplete_lines_are_refused(line, capsys):
    with pytest.raises(SystemExit):
        get_common_argparser().parse_args(line.split())
    assert "required" in capsys.readouterr().err


def test_scripts_add_their_own_options():
    parser = get_common_argparser()
    parser.add_argument("-a", "--annotation-file", required=True)
    assert parser.parse_args(["-m", "m", "-d", "d", "-a", "labels.txt"]).annotation_file == "labels.txt"
