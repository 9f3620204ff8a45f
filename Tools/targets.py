"""The targets of Package.swift, as `swift package dump-package` tells them: what lint and ARCHITECTURE.md's picture stand on."""

import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def targets():
    """Name -> {"kind", "path", "dependencies"}; products of other packages by their own names."""
    text = subprocess.run(
        ["swift", "package", "--ignore-lock", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {}
    for target in json.loads(text)["targets"]:
        name, kind = target["name"], target["type"]
        folder = target.get("path") or ("Tests/" if kind == "test" else "Sources/") + name
        dependencies = [next(iter(each.values()))[0] for each in target["dependencies"]]
        found[name] = {"kind": kind, "path": ROOT / folder, "dependencies": dependencies}
    return found
