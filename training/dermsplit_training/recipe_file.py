"""Recipes as people write them: TOML files, with settings laid over them on the command line."""

import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.recipe import Recipe


def read_recipe(path: Path, settings: Sequence[str] = ()) -> Recipe:
    """Read a TOML recipe and lay ``settings`` such as ``train.epochs=2`` over it.

    Raises RecipeInvalid, naming the key, for a file that is not TOML, an unknown key or a value out of range.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecipeInvalid(f"Expected a recipe at '{path}', found no file. Check the path.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeInvalid(f"'{path.name}' is not a TOML file: {error}.") from error
    return parse_recipe(lay_over(fields, settings))


def lay_over(fields: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """The fields of a recipe with settings such as ``train.epochs=2`` in their places; changes ``fields``."""
    for setting in settings:
        _lay_over(fields, setting)
    return fields


def parse_recipe(fields: dict[str, Any]) -> Recipe:
    """Check the fields of a recipe. Raises RecipeInvalid naming the first key that is wrong."""
    try:
        return Recipe.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the recipe"
        if first["type"] == "extra_forbidden":
            raise RecipeInvalid(f"The recipe has an unknown key '{key}'. {_nearest(key)}") from error
        if first["type"] == "value_error":  # of the whole recipe: its message names the keys
            raise RecipeInvalid(f"The recipe does not fit together: {first['ctx']['error']}.") from error
        raise RecipeInvalid(f"The recipe's '{key}' is not valid: {first['msg']}.") from error


def first_difference(before: Recipe, now: Recipe) -> str | None:
    """The first key in which two recipes differ, such as train.epochs; None where they are the same."""
    old, new = before.model_dump(mode="json"), now.model_dump(mode="json")
    for section in new:
        if old[section] == new[section]:
            continue
        if isinstance(new[section], dict):
            return next(f"{section}.{key}" for key in new[section] if old[section][key] != new[section][key])
        return section
    return None


def recipe_keys(section: type[BaseModel] = Recipe, prefix: str = "") -> list[str]:
    """Every key of a recipe in dotted form, sections before what they hold."""
    keys: list[str] = []
    for name, field in section.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += recipe_keys(field.annotation, f"{prefix}{name}.")
    return keys


def _nearest(key: str) -> str:
    keys = [known for known in recipe_keys() if not key.startswith(f"{known}.")]
    last = key.rpartition(".")[2]
    by_whole = difflib.get_close_matches(key, keys, n=1, cutoff=0.8)
    lasts = {known.rpartition(".")[2]: known for known in reversed(keys)}
    by_last = [lasts[near] for near in difflib.get_close_matches(last, lasts, n=1, cutoff=0.6)]
    if found := by_whole + by_last:
        return f"Did you mean '{found[0]}'?"
    section = key.rpartition(".")[0]
    known = [name for name in keys if name.rpartition(".")[0] == section]
    return f"Known there: {', '.join(known or keys)}."


def _lay_over(fields: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise RecipeInvalid(f"Expected a setting like train.epochs=2, got '{setting}'.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text  # a bare word is text, so that a shell needs no quotes inside quotes
    *sections, last = key.split(".")
    for section in sections:
        fields = fields.setdefault(section, {})
        if not isinstance(fields, dict):
            raise RecipeInvalid(f"The setting '{key}' goes into '{section}', which is a value and holds no keys.")
    fields[last] = value
