"""The folder of bundles changes while a server runs: what is taken, what is refused, and what goes on."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.bundle import GOLDEN_PROBABILITIES, HEAD_TFLITE, MANIFEST_FILE, TAIL_BIN, Bundle, seal_bundle
from dermsplit_contract.errors import BundleCorrupt, BundleMissing, GoldenMismatch
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import MOST_RETIRED, PATIENCE_S, Shelf

from .fast import sealed
from .versions import version

GRACE = 300


class Clock:
    """Seconds, as they are set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def shelf(folder: Path, clock: Clock, **settings: Any) -> Shelf:
    opened = Shelf(read_settings(bundles=folder, engine="openvino", grace=GRACE, **settings), clock)
    opened.open()
    return opened


def put(like: Bundle, folder: Path, number: int) -> str:
    """A version in a folder of its number, written later than those of smaller numbers. Its id."""
    made = version(like, folder / f"v{number}", number)
    os.utime(made.directory / MANIFEST_FILE, (number, number))
    return made.manifest.id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bundles").mkdir()
    return tmp_path / "bundles"


def test_a_new_version_is_taken_beside_the_old(fast: Bundle, folder: Path) -> None:
    old = put(fast, folder, 1)
    held = shelf(folder, Clock())
    tail = held.registry.default.tail
    new = put(fast, folder, 2)
    assert list(held.look().bundles) == [new, old]
    assert held.registry.find("tiny", old).tail is tail
    assert held.registry.find("tiny").manifest.id == new
    assert not held.registry.retired


def test_what_has_not_changed_is_not_loaded_again(fast: Bundle, folder: Path) -> None:
    put(fast, folder, 1)
    held = shelf(folder, Clock())
    served = held.registry.default
    assert held.look().default is served
    (folder / "v1").rename(folder / "renamed")
    moved = held.look().default
    assert moved.tail is served.tail
    assert moved.bundle.directory.name == "renamed"
    assert not held.registry.retired


def test_one_that_left_is_answered_for_its_time(fast: Bundle, folder: Path) -> None:
    clock = Clock()
    old, new = put(fast, folder, 1), put(fast, folder, 2)
    held = shelf(folder, clock)
    shutil.rmtree(folder / "v2")
    assert list(held.look().bundles) == [old, new]
    assert held.registry.retired == {new}
    assert held.due_in == GRACE
    clock.now += GRACE - 1
    assert list(held.look().bundles) == [old, new]
    clock.now += 1
    assert list(held.look().bundles) == [old]
    assert held.due_in == float("inf")


def test_one_that_comes_back_is_as_before(fast: Bundle, folder: Path) -> None:
    put(fast, folder, 1)
    new = put(fast, folder, 2)
    held = shelf(folder, Clock())
    tail = held.registry.default.tail
    (folder / "v2").rename(folder.parent / "aside")
    assert held.look().retired == {new}
    (folder.parent / "aside").rename(folder / "v2")
    assert held.look().default.tail is tail
    assert not held.registry.retired


def test_the_last_one_goes_on_though_its_folder_is_gone(fast: Bundle, folder: Path) -> None:
    clock = Clock()
    only = put(fast, folder, 1)
    held = shelf(folder, clock)
    shutil.rmtree(folder)
    held.look()
    clock.now += 10 * GRACE
    assert list(held.look().bundles) == [only]
    folder.mkdir()
    assert list(held.look().bundles) == [only]
    new = put(fast, folder, 2)
    assert list(held.look().bundles) == [new]


def test_a_folder_being_written_is_waited_for(fast: Bundle, folder: Path, tmp_path: Path) -> None:
    old = put(fast, folder, 1)
    whole = version(fast, tmp_path / "whole", 2)
    held = shelf(folder, Clock(), look_every=0)
    place = folder / "v2"
    place.mkdir()
    names = [*whole.manifest.files, MANIFEST_FILE]
    for name in [MANIFEST_FILE, *whole.manifest.files]:
        content = (whole.directory / name).read_bytes()
        (place / name).parent.mkdir(exist_ok=True)
        for part in (content[: len(content) // 2], content):
            assert not held.look().refused
            assert list(held.registry.bundles) == [old]
            (place / name).write_bytes(part)
    assert set(held.look().bundles) == {old, whole.manifest.id}
    assert len(names) > 8


def test_a_folder_that_stays_half_is_refused_until_it_changes(fast: Bundle, folder: Path) -> None:
    old = put(fast, folder, 1)
    held = shelf(folder, Clock(), look_every=0)
    new = put(fast, folder, 2)
    content = (folder / "v2" / HEAD_TFLITE).read_bytes()
    (folder / "v2" / HEAD_TFLITE).write_bytes(content[:-1])
    assert not held.look().refused
    assert held.due_in == PATIENCE_S
    for _ in range(3):
        assert type(held.look().refused["v2"]) is BundleCorrupt
        assert list(held.registry.bundles) == [old]
    assert held.due_in == float("inf")
    (folder / "v2" / HEAD_TFLITE).write_bytes(content)
    assert list(held.look().bundles) == [new, old]
    assert not held.registry.refused


@pytest.mark.parametrize("gone", [TAIL_BIN, MANIFEST_FILE])
def test_a_served_one_that_breaks_is_refused_and_goes_on(fast: Bundle, folder: Path, gone: str) -> None:
    clock = Clock()
    only = put(fast, folder, 1)
    held = shelf(folder, clock)
    (folder / "v1" / gone).unlink()
    held.look()
    assert type(held.look().refused["v1"]) in (BundleCorrupt, BundleMissing)
    clock.now += 10 * GRACE
    assert list(held.look().bundles) == [only]
    assert not held.registry.retired


def test_a_whole_one_with_a_wrong_golden_case_is_refused_at_once(fast: Bundle, folder: Path) -> None:
    old = put(fast, folder, 1)
    held = shelf(folder, Clock())
    put(fast, folder, 2)
    (folder / "v2" / GOLDEN_PROBABILITIES).write_text('{"probabilities": [[0.123, 0.877]]}')
    sealed(folder / "v2", fast)
    assert type(held.look().refused["v2"]) is GoldenMismatch
    assert list(held.registry.bundles) == [old]


def test_one_bundle_alone_may_be_replaced_in_its_place(fast: Bundle, folder: Path) -> None:
    old = put(fast, folder, 1)
    held = shelf(folder / "v1", Clock())
    (folder / "v1" / MANIFEST_FILE).unlink()
    assert list(held.look().bundles) == [old]
    new = put(fast, folder, 2)
    (folder / "v1").rename(folder.parent / "before")
    (folder / "v2").rename(folder / "v1")
    assert list(held.look().bundles) == [new, old]
    assert held.registry.retired == {old}
    assert not held.registry.refused


def test_a_new_version_settles_before_it_is_current(fast: Bundle, folder: Path) -> None:
    clock = Clock()
    old = put(fast, folder, 1)
    held = shelf(folder, clock, settle=30)
    new = put(fast, folder, 2)
    assert held.look().find("tiny").manifest.id == old
    assert held.registry.find("tiny", new).manifest.id == new
    assert held.due_in == 30
    clock.now += 30
    assert held.look().find("tiny").manifest.id == new


def test_only_so_many_that_left_are_held(fast: Bundle, folder: Path) -> None:
    clock = Clock()
    first = put(fast, folder, 0)
    held = shelf(folder, clock)
    left = [first]
    for number in range(1, MOST_RETIRED + 3):
        clock.now += 1
        left.append(put(fast, folder, number))
        shutil.rmtree(folder / f"v{number - 1}")
        held.look()
    assert list(held.registry.bundles) == left[-1 : -MOST_RETIRED - 2 : -1]


def test_several_models_and_versions_at_once(fast: Bundle, folder: Path) -> None:
    one, two = put(fast, folder, 1), put(fast, folder, 2)
    other = version(fast, folder / "other", 3)
    fields = {**fast.manifest.model_dump(mode="json"), "name": "wart"}
    (other.directory / MANIFEST_FILE).unlink()
    wart = seal_bundle(other.directory, {k: v for k, v in fields.items() if k not in ("id", "files")}, {"head/"}).id
    registry = shelf(folder, Clock()).registry
    assert [served.manifest.id for served in registry.versions("tiny")] == [two, one]
    assert [served.manifest.id for served in registry.versions("wart")] == [wart]
    assert registry.find("tiny", one).manifest.id == one
