"""Rules of the repository that no linter knows."""

import filecmp
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for role in ("contract", "server", "convert", "training") for path in (ROOT / role).rglob("*.py"))
# Loading any of these from outside the process can run its author's code.
UNSAFE = re.compile(r"\b(pickle|joblib|dill|marshal|shelve|yaml\.load|np\.load|load_weights)\b")


def test_reference_pages_are_what_the_code_says(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "generate.py", tmp_path], check=True)
    pages = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md"))
    written = [ROOT / "docs" / "model.md", *(ROOT / "docs" / "reference").iterdir()]
    assert pages == sorted(path.relative_to(ROOT / "docs").as_posix() for path in written)
    for page in pages:
        same = filecmp.cmp(tmp_path / page, ROOT / "docs" / page, shallow=False)
        assert same, f"docs/{page} is behind the code: run `make docs`"


def test_the_server_loads_nothing_that_can_run_code() -> None:
    found = [path.name for path in SOURCES if "server" in path.parts and UNSAFE.search(path.read_text())]
    assert found == []


def test_training_depends_on_tensorflow_only_to_distribute() -> None:
    training = [path for path in SOURCES if "dermsplit_training" in path.parts]
    assert len(training) > 8
    found = [path for path in training if re.search(r"^\s*(import|from) tensorflow", path.read_text(), re.M)]
    assert {path.stem for path in found} <= {"devices", "replicas"}
    # Inside functions, so that the other backends of Keras never load it.
    assert not [path.name for path in found if re.search(r"^(import|from) tensorflow", path.read_text(), re.M)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_file_holds_one_concept(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
    assert path.stem not in {"utils", "helpers", "common", "misc"}


def test_lock_files_name_no_host() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), ROOT / "web" / "package-lock.json"]
    assert len(locks) == 8
    for lock in locks:
        assert not re.search(r"https?://[^\s\"]*(/-/|/simple|files\.)", lock.read_text()), lock.name


def test_every_python_requirement_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text().strip())
        assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == [], lock.name


def test_links_in_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
