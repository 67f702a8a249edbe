"""Files on their way to workers."""

from openpot.inference.shipped_files import KEPT, KeptOnWorker, make_folder_of


class Owner:
    pass


def test_a_folder_is_private_and_goes_with_its_owner():
    owner = Owner()
    folder = make_folder_of(owner)
    assert folder.stat().st_mode & 0o077 == 0
    (folder / "model.xml").write_text("")
    del owner
    assert not folder.exists()


def test_values_are_made_once_and_the_last_ones_kept():
    kept, made = KeptOnWorker(), []

    def get(key):
        return kept.get(key, lambda: made.append(key) or key)

    assert [get("a"), get("a")] == ["a", "a"]
    for number in range(KEPT - 1):
        get(number)
    get("a")  # asked for: it is not the oldest any more
    get("another")
    get("a")
    assert made == ["a", *range(KEPT - 1), "another"]
    assert len(kept) == KEPT
