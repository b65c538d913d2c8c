"""Which run directories a training may go on in."""

import json
from pathlib import Path

import pytest

from dermsplit_contract.errors import RunInvalid
from dermsplit_training.learning.state import HISTORY_FILE, RECIPE_FILE, begin_run, check_run
from tests.training.conftest import tiny_recipe


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A run directory after the first epoch of the tiny recipe, without its weights."""
    begin_run(tmp_path, tiny_recipe())
    (tmp_path / HISTORY_FILE).write_text("epoch,loss\n1,0.7\n")
    return tmp_path


def test_the_recipe_it_was_begun_with_goes_on_with_any_number_of_epochs(begun: Path) -> None:
    check_run(begun, tiny_recipe(), resume=True)
    check_run(begun, tiny_recipe(epochs=9), resume=True)


def test_another_recipe_is_refused_by_its_first_key(begun: Path) -> None:
    with pytest.raises(RunInvalid, match=r"begun with another 'train\.seed'"):
        check_run(begun, tiny_recipe(seed=7), resume=True)


def test_a_key_that_recipes_did_not_have_yet_has_its_default(begun: Path) -> None:
    fields = json.loads((begun / RECIPE_FILE).read_text())
    del fields["gate"]["crop"]
    (begun / RECIPE_FILE).write_text(json.dumps(fields))
    check_run(begun, tiny_recipe(), resume=True)
    with pytest.raises(RunInvalid, match=r"begun with another 'gate\.crop'"):
        check_run(begun, tiny_recipe({"gate": {"crop": 0.5}}), resume=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "tiny", "colour": "blue"}'])
def test_a_broken_recipe_is_told(begun: Path, text: str) -> None:
    (begun / RECIPE_FILE).write_text(text)
    with pytest.raises(RunInvalid, match=r"recipe\.json in .* is broken or of another version"):
        check_run(begun, tiny_recipe(), resume=True)
