"""Write the reference pages from the code, commands, errors, manifest and settings; and the default model's page.

    python docs/generate.py [DIR]

A test checks that the committed pages are what this writes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dermsplit_contract.cli import root_command
from dermsplit_contract.errors import error_classes
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import (
    AttributeResult,
    DataSet,
    DomainSpec,
    Evaluation,
    GroupResult,
    Interval,
    LeakageResult,
    MetadataField,
    MetadataSpec,
    NoveltyResult,
    OperatingPoint,
    OperatingResult,
    RankResult,
    RebuiltResult,
    ShortcutResult,
)
from dermsplit_contract.run import Run
from dermsplit_server import settings as server_settings
from dermsplit_training.evaluation.metrics import (
    ClassMetrics,
    MalignancyMetrics,
    Metrics,
    PartMetrics,
    SubgroupMetrics,
)
from dermsplit_training.recipe import Recipe, SourceRecipe

HERE = Path(__file__).parent
PACKAGES = server_settings.HERE.parent


def main() -> None:
    """Write every page below the folder given, or in place."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    (target / "reference").mkdir(parents=True, exist_ok=True)
    pages = {
        "reference/commands": commands,
        "reference/errors": errors,
        "reference/bundle": bundle,
        "reference/settings": settings,
        "reference/recipe": recipe,
        "reference/metrics": metrics,
        "model": model_page,
    }
    for name, page in pages.items():
        (target / f"{name}.md").write_text("\n".join(page()) + "\n", encoding="utf-8")


def commands() -> Iterator[str]:
    """One section a command, from its own help."""
    yield "# Commands\n\nEvery command exits with 0, with 2 after an error in one sentence, or with 130 when stopped."
    for path, command in walk(typer.main.get_command(root_command()), "dermsplit"):
        yield f"\n## {path}\n\n{(command.help or '').strip()}\n"
        yield f"```\n{usage(command, path)}\n```\n"
        rows = [row for parameter in command.params if (row := describe(parameter))]
        if rows:
            yield "| argument or option | meaning |\n|---|---|"
            yield from rows


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command below this one that does something itself, as (path, click command)."""
    if hasattr(command, "commands"):
        for name in sorted(command.commands):
            yield from walk(command.commands[name], f"{path} {name}")
    else:
        yield path, command


def usage(command: Any, path: str) -> str:
    """The usage line."""
    return " ".join([path, *command.collect_usage_pieces(command.context_class(command, info_name=path))])


def describe(parameter: Any) -> str:
    """One row of the table; nothing for --help."""
    if parameter.name == "help":
        return ""
    argument = parameter.param_type_name == "argument"
    name = parameter.name.upper() if argument else ", ".join(parameter.opts)
    return f"| `{name}` | {cell(getattr(parameter, 'help', None) or '')} |"


def errors() -> Iterator[str]:
    """Every code that a problem document or the command line can name."""
    yield "# Errors\n\nEvery 4xx and 5xx answer is `application/problem+json` (RFC 9457): `type`, `title`, `status`,"
    yield "`detail`, `code`, `request_id`, and the `error` string that Open Inference Protocol clients read.\n"
    yield "| code | status | title | when |\n|---|---|---|---|"
    for error in error_classes():
        when = cell((error.__doc__ or "").partition("\n")[0])
        yield f"| `{error.code}` | {error.status} | {error.title} | {when} |"


def bundle() -> Iterator[str]:
    """The fields of manifest.json and run.json."""
    yield "# manifest.json and run.json\n\nThe JSON Schema is `contract/dermsplit_contract/manifest.schema.json`."
    measured = (OperatingPoint, Evaluation, OperatingResult, Interval, GroupResult, NoveltyResult, ShortcutResult)
    leaked = (LeakageResult, RebuiltResult, RankResult, AttributeResult)
    for model in (Manifest, Run, MetadataSpec, MetadataField, DomainSpec, *measured, *leaked, DataSet):
        yield from fields(model)


def model_page() -> Iterator[str]:
    """The default bundle's own card, with its heads one level down, and where it comes from."""
    card = next((PACKAGES / "dermsplit_server" / "bundles").glob("*/CARD.md"))
    yield "# The default model\n\nThis is the card of the bundle that ships, generated from its training by"
    yield "`make bundle` ([training.md](training.md)); what a cut costs is in [cuts.md](cuts.md).\n"
    yield card.read_text(encoding="utf-8").partition("\n")[2].strip()


def recipe() -> Iterator[str]:
    """Every key of a recipe."""
    yield "# Keys of a recipe\n\nA recipe is a TOML file, and each section below a table in it. On the command line,"
    yield "`--set section.key=value` changes a key."
    yield from fields(Recipe, title="Recipe")
    for name, field in Recipe.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, title=f"[{name}]")
    yield from fields(SourceRecipe, title="An entry of data.sets")


def metrics() -> Iterator[str]:
    """The fields of metrics.json."""
    yield "# metrics.json\n\nWhat was measured about a run, beside its `report.md`. Every interval is 95%, by bootstrap"
    yield "over lesions or patients."
    for model in (Metrics, PartMetrics, MalignancyMetrics, ClassMetrics, SubgroupMetrics):
        yield from fields(model)


def settings() -> Iterator[str]:
    """Every setting of the server."""
    yield "# Settings of the server\n\nEach is an environment variable; flags of `dermsplit serve` go before them."
    yield from fields(server_settings.Settings, prefix="DERMSPLIT_")


def fields(model: type[BaseModel], prefix: str = "", title: str = "") -> Iterator[str]:
    """A table of a model's fields."""
    yield f"\n## {title or model.__name__}\n\n{(model.__doc__ or '').strip().partition(chr(10))[0]}\n"
    yield "| field | type | default | meaning |\n|---|---|---|---|"
    for name, field in model.model_fields.items():
        shown = f"{prefix}{name}".upper() if prefix else name
        kind, meaning = cell(type_name(field.annotation)), cell(field.description or "")
        yield f"| `{shown}` | `{kind}` | {default(field)} | {meaning} |"


def default(field: FieldInfo) -> str:
    """What a field is when nothing is said; folders of the package without the place it is installed in."""
    if field.is_required():
        return "required"
    if field.default_factory is not None:
        return "depends on the machine"
    value = field.default
    if isinstance(value, BaseModel):
        return "as below"
    return f"`{value.relative_to(PACKAGES).as_posix()}`" if isinstance(value, Path) else f"`{value}`"


def type_name(annotation: Any) -> str:
    """A short name of a type: the values of a literal, the parts of a union, what a list or a table holds."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_name(inner[0])
    if origin is Literal:
        return " | ".join(str(value) for value in inner)
    if origin in (Union, UnionType):
        return " | ".join(type_name(part) for part in inner)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(type_name(part) for part in inner)}]"
    return "None" if annotation is type(None) else getattr(annotation, "__name__", str(annotation))


def cell(text: str) -> str:
    """Text that may stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
