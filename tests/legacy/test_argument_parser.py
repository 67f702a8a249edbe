import pytest
import typer

from openpot.legacy.argument_parser import get_common_argparser, get_common_argument_parser


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


def test_options_of_the_command_are_read_by_a_parser_of_argparse():
    parser = get_common_argument_parser()
    parser.add_argument("--mine")
    line = "-q default -m net.xml -w net.bin --engine simplified -e --mine x"
    options = vars(parser.parse_args(line.split()))
    assert options["quantize"] == "default"
    assert (options["evaluate"], options["output_dir"], options["log_level"]) == (True, "./results", "INFO")
    assert (options["pbar"], options["stream_output"], options["mine"]) == (False, False, "x")


NEW_OPTIONS = {"--strict", "--allow-code"}


def test_every_option_of_the_command_but_the_new_ones_is_there():
    from openpot.cli.pot_command import app

    known = {flag for action in get_common_argument_parser()._actions for flag in action.option_strings}
    ours = {flag for one in typer.main.get_command(app).params for flag in one.opts}
    assert ours - NEW_OPTIONS <= known
