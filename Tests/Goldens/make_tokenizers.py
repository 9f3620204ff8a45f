#!/usr/bin/env python3
"""A tokenizer as large as CLIP's and what transformers makes of ten thousand strings with it.

    python3 make_tokenizers.py FOLDER

Needs transformers from PyPI. FOLDER gets vocab.json and merges.txt with random merges, the same as OpenAI's compressed list,
the strings (texts.json) and their tokens (tokens.json). `make parity` runs this and compares.
"""
import gzip
import json
import random
import sys
from pathlib import Path

from transformers import CLIPTokenizer


def vocabulary():
    """As many tokens as CLIP has, from random merges: bytes, bytes that end words, merges, two marks."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = {b: chr(b) for b in printable}
    symbols.update({b: chr(256 + i) for i, b in enumerate(b for b in range(256) if b not in symbols)})
    # OpenAI's order: the printable bytes first.
    alphabet = [symbols[b] for b in printable] + [symbols[b] for b in range(256) if b not in printable]
    tokens = alphabet + [s + "</w>" for s in alphabet]
    letters, chance = [chr(c) for c in range(97, 123)], random.Random(3)
    known, merges = set(tokens), []
    beginnings, ends = list(letters), [c + "</w>" for c in letters]
    while len(tokens) < 49406:
        left = chance.choice(beginnings)
        right = chance.choice(letters + ends) if len(left) > 6 else chance.choice(beginnings + ends)
        if left + right in known or len(left + right) > 18: continue
        merges.append((left, right))
        known.add(left + right)
        tokens.append(left + right)
        (ends if right.endswith("</w>") else beginnings).append(left + right)
    return tokens + ["<|startoftext|>", "<|endoftext|>"], merges


def strings(count):
    """Texts to try a tokenizer on: words, names, scripts, emoji, marks, controls, white space, long ones."""
    chance = random.Random(13)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    word = lambda: "".join(chance.choice(letters[: chance.choice([8, 16, 26])]) for _ in range(chance.randint(1, 11)))
    ranges = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F),
              (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x218F), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
              (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF), (0x1F1E6, 0x1F1FF), (0x0, 0x1F), (0x7F, 0x9F)]
    character = lambda: chr(chance.randint(*chance.choice(ranges)))
    # Any assigned or unassigned code point but surrogates, seldom.
    anything = lambda: chr(chance.choice([chance.randint(0, 0xD7FF), chance.randint(0xE000, 0x10FFFF)]))
    kinds = [
        lambda: " ".join(word() for _ in range(chance.randint(1, 6))),
        lambda: " ".join(word().title() for _ in range(3)) + chance.choice([".", "!", "?!", "'s", "'ll", "…"]),
        lambda: "".join(character() for _ in range(chance.randint(1, 24))),
        lambda: "".join(chance.choice([character, word])() for _ in range(8)),
        lambda: word() + chance.choice("\t\n\r\u00a0\u2003\u200b\ufeff") + word(),
        lambda: str(chance.random()) + word() + str(chance.randint(0, 10**6)),
        lambda: "".join(chr(chance.randint(0x1F300, 0x1FAFF)) + chance.choice(["", "\u200d", "\ufe0f"]) for _ in range(4)),
        lambda: "<|endoftext|>".join(word() for _ in range(2)),
        lambda: "".join(anything() for _ in range(chance.randint(1, 6))),
    ]
    texts = ["", " ", " ".join(word() for _ in range(300)), "🏳️‍🌈", "e\u0301" * 40]
    while len(texts) < count: texts.append(chance.choice(kinds)())
    return texts


def main(folder):
    tokens, merges = vocabulary()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    lines = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges)
    (folder / "merges.txt").write_text(lines)
    (folder / "openai").mkdir(exist_ok=True)
    with gzip.open(folder / "openai" / "bpe_simple_vocab_16e6.txt.gz", "wt", encoding="utf-8") as file: file.write(lines)
    texts = strings(10_000)
    encoded = CLIPTokenizer.from_pretrained(folder)(texts, truncation=True, max_length=77)["input_ids"]
    (folder / "texts.json").write_text(json.dumps(texts))
    (folder / "tokens.json").write_text(json.dumps(encoded))


if __name__ == "__main__":
    if len(sys.argv) != 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
