"""Every code block of the guide and the README runs as it is printed, in a folder with what the pages name.

The tutorials use the real networks that they name; this is what their seconds are for. Everything else runs on toys.
"""

import contextlib
import re
import sys

import pytest
import yaml

import openpot
from guide_pages import (
    PAGES,
    ROOT,
    TUTORIALS,
    import_examples,
    list_blocks,
    make_guide_workspace,
    names_of_the_readme,
    read_commands,
    run_python,
    run_shell,
)
from openpot.config.run import parse_run
from openpot.job.known_names import collect_known_names

RUN = ("python", "shell", "yaml")
PROGRAMS = {"openpot", "pot", "pip", "make", ".ci/run"}
"""Only the first two are run; what ``make`` and ``pip`` need is checked by ``test_readme.py`` and others."""


@pytest.fixture(autouse=True)
def short_timing(monkeypatch):
    monkeypatch.setattr("openpot.search.choose_by_latency.SECONDS_OF_PROFILING", 0.0)
    monkeypatch.setattr("openpot.search.choose_by_latency.SECONDS_A_MODEL", 0.0)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    make_guide_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("my_module", None)


def pages_with_code():
    return [
        page
        for page in PAGES
        if page != "CONTRIBUTING.md" and any(block.language in RUN for block in list_blocks(page))
    ]


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
@pytest.mark.parametrize("page", pages_with_code())
def test_every_block_of_the_page_runs(page, workspace, capsys):
    import_examples()
    names = {"__name__": "__main__", **(names_of_the_readme() if page == "README.md" else {})}
    for block in list_blocks(page):
        if block.language == "python":
            run_python(block, names)
        elif block.language == "shell":
            run_shell(block)
        elif block.language == "yaml":
            parse_run(yaml.safe_load(block.text), collect_known_names())
    for path in re.findall(r"# (\S+\.xml)\b", PAGES[page]):  # files that a comment promises
        assert (workspace / path).is_file()


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page):
    unknown = [block.line for block in list_blocks(page) if block.language not in (*RUN, "text")]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES)
def test_shell_blocks_hold_commands_of_known_programs(page):
    for block in list_blocks(page):
        for line in read_commands(block) if block.language == "shell" else ():
            assert line.split()[0] in PROGRAMS, f"{page}, line {block.line}: {line}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/")])
def test_every_page_is_in_the_index(page):
    listed = set(re.findall(r"^([\w/-]+)$", PAGES["docs/index.md"], re.MULTILINE))
    name = page.removeprefix("docs/").removesuffix(".md")
    assert name == "index" or name in listed


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", PAGES[page]):
        assert (folder / target).exists(), target


def test_everything_that_openpot_offers_is_on_the_page_of_the_api():
    algorithms = {*openpot.COMPRESSION_ALGORITHMS.registry_dict, "Algorithm", "COMPRESSION_ALGORITHMS", "__version__"}
    errors = {name for name in openpot.__all__ if hasattr(openpot.errors, name)}
    listed = re.findall(r"^\.\. auto\w+:: openpot\.(\w+)$", PAGES["docs/api.md"], re.MULTILINE)
    assert set(openpot.__all__) - algorithms - errors <= set(listed)
    assert len(listed) == len(set(listed)), "Sphinx describes each name once"


def test_tutorials_are_there_for_images_texts_and_sounds():
    assert [page.rpartition("/")[2] for page in TUTORIALS] == ["audio.md", "image.md", "text.md"]


def test_a_block_that_fails_names_the_page(workspace):
    (block,) = [block for block in list_blocks("docs/tasks/deploy.md") if block.language == "python"]
    with pytest.raises(Exception) as failure:
        run_python(block, {})
    frames = []
    with contextlib.suppress(AttributeError):
        trace = failure.value.__traceback__
        while trace is not None:
            frames.append(trace.tb_frame.f_code.co_filename)
            trace = trace.tb_next
    assert "docs/tasks/deploy.md" in frames
