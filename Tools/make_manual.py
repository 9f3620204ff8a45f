#!/usr/bin/env python3
"""Writes the manual pages miclip.1, miclip-locate.1 and so on into a folder, from the command table of a built miclip.

    make_manual.py PROGRAM FOLDER

Options and examples are the program's own (`--experimental-dump-help`), keys are docs/keys.md's, which a test compares with
the key table.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

FILES = [
    ("~/.local/share/miclip", "the bundled study; $XDG_DATA_HOME/miclip where that is set"),
    ("~/.config/miclip/themes", "themes of your own; $XDG_CONFIG_HOME/miclip/themes where that is set"),
]
ENVIRONMENT = [
    ("MICLIP_RESOURCES", "the folder that holds SampleData and Themes"),
    ("NO_COLOR", "if not empty: no colours"),
    ("WNSEARCHDIR, WNHOME", "where WordNet is"),
    ("HF_HOME, HF_HUB_CACHE", "Hugging Face's cache, for models named org/repo"),
    ("TORCH_HOME", "PyTorch's cache, for models named torchvision/name"),
    ("MICLIP_SHARD", "the share, as in 2/4, that --shard auto of miclip extract takes; goes before what a scheduler sets"),
    ("MICLIP_SHARDS", "how many shares there are, where a scheduler does not say"),
]
STATUS = [
    (0, "done"), (64, "wrong usage"), (65, "wrong data"), (66, "missing input"), (69, "no usable terminal"), (70, "a fault of miclip"),
    (74, "reading or writing failed"), (130, "interrupted"), ("129, 131, 143", "the line was lost, Ctrl-\\, ended by a signal"),
]


def text(words):
    """Words as roff takes them."""
    lines = words.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines)


def items(pairs):
    return [line for term, meaning in pairs for line in (".TP", f".B {text(str(term))}", text(meaning))]


def section(name, lines):
    return [f".SH {name}", *lines] if lines else []


def spelled(argument):
    """`-h, --help` or `--top <n>` or `<concept>`."""
    value = f" <{argument['valueName']}>" if argument["kind"] != "flag" else ""
    if argument["kind"] == "positional":
        return value.strip() + (" ..." if argument["isRepeating"] else "")
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    return ", ".join(names) + value


def synopsis(name, arguments):
    parts = [name, *(["[options]"] if any(each["kind"] != "positional" for each in arguments) else [])]
    for each in arguments:
        if each["kind"] == "positional":
            parts.append(f"[{spelled(each)}]" if each["isOptional"] else spelled(each))
    return " ".join(parts)


def discussion(words):
    """Prose as paragraphs; lines that begin with a dash as items; indented lines, which are examples, as they stand."""
    lines, isExample = [], False
    for line in words.split("\n"):
        indented = line.startswith("  ")
        if indented != isExample:
            lines.append(".nf" if indented else ".fi")
            isExample = indented
        if line.startswith("- "):
            lines += [".IP \\(bu 2", text(line[2:])]
        else:
            lines.append(text(line) if line.strip() else ".PP")
    return lines + ([".fi"] if isExample else [])


def keys():
    rows = re.findall(r"^\| ([^|`]+) \| (`.*) \|$", (ROOT / "docs/keys.md").read_text(), re.MULTILINE)
    lines = []
    for where, row in rows:
        lines.append(f".SS {text(where)}")
        for entry in row.split(" · "):
            names = re.match(r"(?:`[^`]+` ?)+", entry).group(0)
            lines += items([(names.replace("`", "").strip(), entry[len(names):].strip())])
    return lines


def page(name, command, version, more):
    arguments = [each for each in command.get("arguments", []) if each["shouldDisplay"]]
    options = [(spelled(each), each.get("abstract", "")) for each in arguments]
    lines = [f".TH {name.upper().replace(' ', '-')} 1 \"\" \"miclip {version}\"", ".SH NAME"]
    lines += [text(f"{name.replace(' ', '-')} - {command['abstract'].rstrip('.')}")]
    lines += section("SYNOPSIS", [".B " + text(synopsis(name, arguments))])
    lines += section("DESCRIPTION", discussion(command.get("discussion", "")))
    lines += section("OPTIONS", items(options))
    children = [each for each in command.get("subcommands", []) if each["shouldDisplay"] and each["commandName"] != "help"]
    lines += section("COMMANDS", items((each["commandName"], each["abstract"]) for each in children))
    return "\n".join(lines + more) + "\n"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    run = lambda *arguments: subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    root = json.loads(run("--experimental-dump-help"))["command"]
    version = run("--version").split()[1]
    folder.mkdir(parents=True, exist_ok=True)
    ends = section("EXIT STATUS", items(STATUS)) + section("ENVIRONMENT", items(ENVIRONMENT)) + section("FILES", items(FILES))

    def write(name, command):
        isRoot = name == "miclip"
        more = section("KEYS", keys()) + ends if isRoot else section("SEE ALSO", [".BR miclip (1)"])
        (folder / f"{name.replace(' ', '-')}.1").write_text(page(name, command, version, more))
        for child in command.get("subcommands", []):
            if child["shouldDisplay"] and child["commandName"] != "help":
                write(f"{name} {child['commandName']}", child)

    write("miclip", root)


if __name__ == "__main__":
    main()
