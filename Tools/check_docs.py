#!/usr/bin/env python3
"""Fails where a document names a file, or something in a file, that is not there, and where a Swift file is not what its
name and the habits say: `X+Capability.swift` extends X, none is over 350 lines, the median is at most 100.

A document names a file as `Name.swift` or with folders before it; words in backticks right behind it are declared in it.
"""

import re
import statistics
import subprocess
import sys

from targets import ROOT

DOCUMENTS = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/models.md", "docs/results.md"]
LONGEST, MEDIAN = 350, 100
NAMED = re.compile(r"`([\w/+.-]+\.(?:swift|py|[ch]|md))`((?: `\w+`)*)")
DECLARED = r"\b(?:func|case|static let|let|var|struct|class|enum|protocol|typealias)\s[^\n(]*?\b{0}\b"

EXTENDS = r"^(?:(?:package|fileprivate|private) )?extension (?:\w+\.)*\[?{0}\b"


def tracked(*patterns):
    text = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns], cwd=ROOT, check=True,
        capture_output=True, text=True).stdout
    return [path for path in text.splitlines() if (ROOT / path).exists()]


def missing_names(files):
    for document in DOCUMENTS:
        for number, line in enumerate((ROOT / document).read_text().splitlines(), 1):
            for name, words in NAMED.findall(line):
                if "Type+Capability" in name or "NAME" in name:
                    continue
                found = [file for file in files if ("/" + file).endswith("/" + name)]
                if not found:
                    yield f"{document}:{number}: no file {name}"
                    continue
                text = "\n".join((ROOT / file).read_text(errors="replace") for file in found)
                for word in re.findall(r"\w+", words):
                    if word != "init" and not re.search(DECLARED.format(re.escape(word)), text):
                        yield f"{document}:{number}: {name} declares no {word}"


def faulty_files(files):
    lengths = []
    for file in files:
        if not file.startswith(("Sources/", "Tests/", "Benchmarks/")):
            continue
        text = (ROOT / file).read_text()
        lengths.append(text.count("\n"))
        if lengths[-1] > LONGEST:
            yield f"{file}: {lengths[-1]} lines, more than {LONGEST}"
        stem = file.rsplit("/", 1)[-1].removesuffix(".swift")
        extended, *capability = stem.split("+")
        if capability and not re.search(EXTENDS.format(extended), text, re.MULTILINE):
            yield f"{file}: extends no {extended}"
    if statistics.median(lengths) > MEDIAN:
        yield f"the median file has {statistics.median(lengths):g} lines, more than {MEDIAN}"


def main():
    files = tracked()
    faults = [*missing_names(files), *faulty_files([file for file in files if file.endswith(".swift")])]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
