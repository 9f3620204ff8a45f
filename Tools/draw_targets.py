#!/usr/bin/env python3
"""Draws the targets of Package.swift and what each stands on, for ARCHITECTURE.md.

Without an argument it prints the picture; with --check it fails where ARCHITECTURE.md has another, with --write it puts it there.
"""

import re
import sys

from targets import ROOT, targets

DOCUMENT = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- targets: drawn by Tools/draw_targets.py -->\n```\n", "```\n<!-- /targets -->"
# What each is, in a few words; a target without words is a fault.
WORDS = {
    "miclip": "the executable: commands, the one place that words errors",
    "ExplorerRuntime": "the explorer's loop, and its effects on threads of their own",
    "CursesTerminal": "a terminal on ncurses",
    "Explorer": "the screens as values: state, action, update, view, key table, themes",
    "Workbench": "the verbs of both front ends: extract, align, describe, locate, intervene, evaluate, export",
    "Cache": "a study's SQLite database; the only import of GRDB",
    "VisionModels": "checkpoints, tokenizer, images, ViT, ResNet, CLIP, hook points",
    "Pictures": "maps as SVG and PNG",
    "Analysis": "units, neuron encoder, alignment, retrieval, interventions, baselines",
    "WordNet": "the one reader of WordNet: class names, super-categories",
    "Files": "files of every kind that is read or written here, and lists that people write",
    "Digests": "SHA-256 keys; the only import of swift-crypto",
    "LinearAlgebra": "tensors, the one gemm, kernels, selection, optimizers, random numbers",
}


def height(name, all_targets):
    """How many floors below it."""
    own = [each for each in all_targets[name]["dependencies"] if each in all_targets]
    return 1 + max((height(each, all_targets) for each in own), default=0)


def picture():
    found = {name: each for name, each in targets().items() if each["kind"] != "test"}
    shown = [name for name in WORDS if name in found]
    missing = [
        name for name, each in found.items()
        if each["path"].parent == ROOT / "Sources" and not name.startswith("C") and name not in WORDS]
    missing += [name for name in WORDS if name not in found]
    if missing:
        sys.exit(f"Tools/draw_targets.py: no words for, or no target of: {', '.join(missing)}")
    width = max(map(len, shown))
    floors = {}
    for name in shown:
        floors.setdefault(height(name, found), []).append(name)
    lines = []
    for floor in sorted(floors, reverse=True):
        for name in floors[floor]:
            stands_on = ", ".join(found[name]["dependencies"])
            lines.append(f"{floor}  {name.ljust(width)}  {WORDS[name]}")
            lines.append(f"   {' ' * width}    ─► {stands_on}" if stands_on else "")
    return "\n".join(line for line in lines if line) + "\n"


def main():
    drawn = picture()
    text = DOCUMENT.read_text()
    pattern = re.compile(re.escape(BEGIN) + "(.*?)" + re.escape(END), re.DOTALL)
    match = pattern.search(text)
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(text[:match.start(1)] + drawn + text[match.end(1):])
    elif sys.argv[1:] == ["--check"]:
        if not match or match.group(1) != drawn:
            sys.exit("ARCHITECTURE.md: the picture of the targets is not Package.swift's; run Tools/draw_targets.py --write")
    else:
        print(drawn, end="")


if __name__ == "__main__":
    main()
