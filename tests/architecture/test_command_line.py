"""The command line stays light, and every command says what it does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("dermsplit"))
COMMANDS = ["serve", "predict", "data", "train", "evaluate", "gate", "compare", "search", "cuts", "convert", "verify"]
COMMANDS += ["bench", "leakage", "quality", "splits", "views"]
HEAVY = [
    "optuna",
    "sqlalchemy",
    "tensorflow",
    "keras",
    "tensorflowjs",
    "sklearn",
    "matplotlib",
    "openvino",
    "ai_edge_litert",
    "fastapi",
]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_help_lists_every_command() -> None:
    output = run("--help").stdout
    assert [name for name in COMMANDS if name not in output] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = run(name, "--help")
    assert result.returncode == 0
    assert len(result.stdout) > 200


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, json; sys.argv = ['dermsplit', '--help']\n"
        "from dermsplit_contract.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    modules = set(json.loads(output.splitlines()[-1]))
    assert "dermsplit_server.cli" in modules
    assert modules.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--bundles", "nowhere"),
        ("predict", "nothing.jpg"),
        ("predict", "README.md", "--server", "http://127.0.0.1:9"),
        ("train", "nothing.toml", "--data", "nowhere"),
        ("evaluate", "nowhere", "--data", "nowhere"),
        ("cuts", "NoSuchBackbone"),
        ("convert", "nowhere", "--cut", "x"),
        ("verify", "nowhere"),
        ("data", "check", "nowhere"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_exit_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "error: " in result.stderr
    assert len(result.stderr.split("error: ")[1].strip()) > 30


def test_unknown_command_is_refused() -> None:
    result = run("photograph")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
