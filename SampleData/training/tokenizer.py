"""CLIP's byte-level BPE: learnt on the captions, saved as vocab.json and merges.txt, and read back."""
import json
import re

import torch

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
WORDS = re.compile(r"[a-z]+|[0-9]|[^\sa-z0-9]+")
CONTEXT = 16


def byte_alphabet():
    """CLIP's map from bytes to printable characters."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


def learn(captions, folder, merges=600):
    """Byte-pair merges over the words of `captions`; ties go to the pair that sorts first, so the result is fixed."""
    alphabet = byte_alphabet()
    counts = {}
    for text in captions:
        for word in WORDS.findall(text.lower()): counts[word] = counts.get(word, 0) + 1
    split = {w: [alphabet[b] for b in w.encode()] for w in counts}
    for letters in split.values(): letters[-1] += "</w>"
    learnt = []
    while len(learnt) < merges:
        pairs = {}
        for word, n in counts.items():
            for pair in zip(split[word], split[word][1:]): pairs[pair] = pairs.get(pair, 0) + n
        if not pairs: break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        if pairs[best] < 2: break
        learnt.append(best)
        for word, parts in split.items():
            i = 0
            while i + 1 < len(parts):
                if (parts[i], parts[i + 1]) == best: parts[i : i + 2] = [parts[i] + parts[i + 1]]
                i += 1
    symbols = [alphabet[b] for b in sorted(alphabet, key=lambda b: alphabet[b])]
    tokens = dict.fromkeys(symbols + [s + "</w>" for s in symbols] + [a + b for a, b in learnt] + [BOS, EOS])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(f"{a} {b}" for a, b in learnt) + "\n")


class Tokenizer:
    def __init__(self, folder):
        self.vocabulary = json.loads((folder / "vocab.json").read_text())
        lines = (folder / "merges.txt").read_text().splitlines()[1:]
        self.ranks = {tuple(line.split(" ")): i for i, line in enumerate(lines)}
        self.alphabet = byte_alphabet()
        self.bos, self.eos = self.vocabulary[BOS], self.vocabulary[EOS]

    def word(self, word):
        parts = [self.alphabet[b] for b in word.encode()]
        parts[-1] += "</w>"
        while len(parts) > 1:
            k = min(range(len(parts) - 1), key=lambda i: self.ranks.get((parts[i], parts[i + 1]), 1 << 30))
            if (parts[k], parts[k + 1]) not in self.ranks: break
            parts[k : k + 2] = [parts[k] + parts[k + 1]]
        return [self.vocabulary[p] for p in parts]

    def batch(self, texts):
        rows = []
        for text in texts:
            ids = [self.bos] + [t for w in WORDS.findall(text.lower()) for t in self.word(w)][: CONTEXT - 2] + [self.eos]
            rows.append(ids + [self.eos] * (CONTEXT - len(ids)))
        return torch.tensor(rows)
