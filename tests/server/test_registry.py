"""Bundles of a folder: the broken one is refused by name, the good ones go on."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dermsplit_contract.bundle import GOLDEN_PROBABILITIES, TAIL_KERAS, open_bundle, seal_bundle
from dermsplit_contract.errors import (
    BundleCorrupt,
    BundleError,
    BundleInvalid,
    BundleMissing,
    GoldenMismatch,
    NotReady,
    UnknownModel,
    UnknownVersion,
    UsageError,
)
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import load_registry

from .tiny import PUBLIC, build_bundle, fields


def flip_a_byte(bundle: Path) -> None:
    path = bundle / TAIL_KERAS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def cut_short(bundle: Path) -> None:
    path = bundle / TAIL_KERAS
    path.write_bytes(path.read_bytes()[:-1])


def lose_the_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").unlink()


def break_the_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").write_text('{"name": ')


def link_out(bundle: Path) -> None:
    elsewhere = bundle.parent.parent / "elsewhere.keras"
    (bundle / TAIL_KERAS).rename(elsewhere)
    (bundle / TAIL_KERAS).symlink_to(elsewhere)


def seal_a_tail_that_is_none(bundle: Path) -> None:
    (bundle / TAIL_KERAS).write_bytes(b"not a model")
    seal_bundle(bundle, fields("tiny", "UINT8"), PUBLIC)


def seal_another_golden_case(bundle: Path) -> None:
    (bundle / GOLDEN_PROBABILITIES).write_text(json.dumps({"probabilities": [[0.123, 0.877]]}))
    seal_bundle(bundle, fields("tiny", "UINT8"), PUBLIC)


@pytest.fixture
def folder(bundles: Path, tmp_path: Path) -> Path:
    """A folder of its own with the model tiny in ``whole`` and in ``broken``."""
    place = tmp_path / "bundles"
    for name in ("broken", "whole"):
        shutil.copytree(bundles / "whole", place / name)
    return place


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (flip_a_byte, BundleCorrupt),
        (cut_short, BundleCorrupt),
        (lose_the_manifest, BundleMissing),
        (break_the_manifest, BundleInvalid),
        (link_out, BundleCorrupt),
        (seal_a_tail_that_is_none, BundleInvalid),
        (seal_another_golden_case, GoldenMismatch),
    ],
)
def test_a_broken_bundle_is_refused_by_name(folder: Path, fault: Callable[[Path], None], kind: type) -> None:
    fault(folder / "broken")
    registry = load_registry(read_settings(bundles=folder))
    assert list(registry.bundles) == [open_bundle(folder / "whole").manifest.id]
    assert list(registry.refused) == ["broken"]
    assert type(registry.refused["broken"]) is kind


def test_the_same_bundle_twice_is_refused_once(folder: Path) -> None:
    registry = load_registry(read_settings(bundles=folder))
    assert len(registry.bundles) == 1
    assert isinstance(registry.refused["whole"], BundleError)


def test_one_bundle_may_be_named_itself(bundles: Path) -> None:
    registry = load_registry(read_settings(bundles=bundles / "whole"))
    assert registry.default.manifest.name == "tiny"


@pytest.mark.parametrize("name", ["empty", "nowhere"])
def test_no_bundle_at_all(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty" / ".git").mkdir(parents=True)
    with pytest.raises(BundleMissing, match="--bundles"):
        load_registry(read_settings(bundles=tmp_path / name))


def test_the_newest_version_is_current_unless_one_is_named(bundles: Path, tmp_path: Path) -> None:
    new = build_bundle(tmp_path / "new", name="tiny", seed=6).manifest.id
    old = open_bundle(shutil.copytree(bundles / "whole", tmp_path / "old")).manifest.id
    os.utime(tmp_path / "old" / "manifest.json", (0, 0))
    registry = load_registry(read_settings(bundles=tmp_path))
    assert [served.manifest.id for served in registry.versions("tiny")] == [new, old]
    assert registry.find("tiny").manifest.id == new
    assert registry.find("tiny", old).manifest.id == old
    named = load_registry(read_settings(bundles=tmp_path, current=old))
    assert named.find("tiny").manifest.id == named.default.manifest.id == old


def test_names_that_are_not_there(registry: Registry) -> None:
    with pytest.raises(UnknownModel, match="tiny"):
        registry.find("wart")
    with pytest.raises(UnknownVersion) as refused:
        registry.find("tiny", "0" * 16)
    assert refused.value.members == {"current": registry.default.manifest.id}
    with pytest.raises(NotReady):
        Registry().find("tiny")


def test_settings_come_from_the_environment_and_flags_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERMSPLIT_PORT", "9001")
    monkeypatch.setenv("DERMSPLIT_MAX_BATCH", "3")
    assert (read_settings().port, read_settings().max_batch, read_settings().host) == (9001, 3, "127.0.0.1")
    assert read_settings(port=9002).port == 9002
    monkeypatch.setenv("DERMSPLIT_PORT", "99999")
    with pytest.raises(UsageError, match="DERMSPLIT_PORT"):
        read_settings()
