import openvino as ov
from compressible_models import language_model
from openpot import compress_weights
from openpot.report.exported_files import find_exported_files

BESIDE = (
    "config.json",
    "tokenizer.json",
    "openvino_tokenizer.xml",
    "openvino_tokenizer.bin",
    "openvino_detokenizer.xml",
)


def export(folder, name="openvino_model.xml"):
    folder.mkdir()
    ov.save_model(language_model(), folder / name)
    for other in (*BESIDE, "openvino_decoder_model.xml", "run.json"):
        (folder / other).write_text(other)
    return folder / name


def test_configuration_and_tokenizers_are_companions_and_other_models_are_not(tmp_path):
    found = find_exported_files(export(tmp_path / "export"))
    assert found.stem == "openvino_model"
    assert {path.name for path in found.companions} == set(BESIDE)


def test_any_other_model_has_none(tmp_path):
    assert find_exported_files(export(tmp_path / "export", "net.xml")) is None
    (tmp_path / "export" / "config.json").unlink()
    assert find_exported_files(tmp_path / "export" / "openvino_model.xml") is None


def test_the_saved_folder_can_stand_for_the_export(tmp_path):
    result = compress_weights(export(tmp_path / "export"))
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "mine.txt").write_text("stays")
    xml = result.save(tmp_path / "small")
    assert xml == tmp_path / "small" / "openvino_model.xml"
    assert {path.name for path in xml.parent.iterdir()} == {
        *BESIDE, "openvino_model.xml", "openvino_model.bin", "report.html", "run.json", "mine.txt",
    }  # fmt: skip
    assert ov.Core().read_model(xml).outputs[0].get_names() == {"logits"}


def test_saved_onto_itself_it_keeps_everything(tmp_path):
    path = export(tmp_path / "export")
    before = {other: (path.parent / other).read_text() for other in BESIDE}
    compress_weights(path).save(path.parent)
    assert {other: (path.parent / other).read_text() for other in BESIDE} == before
