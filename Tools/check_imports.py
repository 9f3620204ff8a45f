#!/usr/bin/env python3
"""Fails where a target imports what Package.swift does not declare for it, or declares what it never imports."""

import re
import sys

from targets import ROOT, targets

SYSTEM = {"Dispatch", "Foundation", "Glibc", "PackagePlugin", "Synchronization", "Swift", "Testing", "XCTest"}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)", re.MULTILINE)
# Linked for what they run, not for names of theirs.
RUN_BY_TESTS = {"miclip", "miclip-torture"}


def main():
    faults = []
    for name, target in targets().items():
        if target["kind"] == "system":
            continue
        declared, imported = set(target["dependencies"]), {}
        files = sorted(target["path"].rglob("*.swift"))
        for file in files:
            for module in IMPORT.findall(file.read_text()):
                imported.setdefault(module.replace("_", "-") if module.startswith("miclip_") else module, file)
        for module, file in sorted(imported.items()):
            if module not in declared | SYSTEM:
                faults.append(f"{file.relative_to(ROOT)}: imports {module}, which Package.swift does not name for {name}")
        if files:
            for module in sorted(declared - set(imported) - RUN_BY_TESTS):
                faults.append(f"Package.swift: {name} names {module}, which none of its files imports")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
