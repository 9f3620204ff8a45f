#!/usr/bin/env python3
"""Small tokenizers of SigLIP's and SigLIP 2's kinds, and what transformers cuts odd texts into.

    python3 make_siglip_tokenizers.py OUTPUT

A folder a tokenizer, with tokens.json. parity.py makes more texts of larger ones. Needs transformers, tokenizers and
sentencepiece from PyPI.
"""
import io
import json
import re
import sys
from pathlib import Path

import sentencepiece
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from make_layouts import ROOT, strings

LENGTH = 24
# As nmt_nfkc has it, in the small.
RULES = "2581\t20\n3000\t20\nA0\t20\n9\t20\nA\t20\nFB01\t66 69\nFF21\t41\nBD\t31 2F 32\n200B\t20\nAD\t\n65 301\tE9\n1F469 200D 1F469\t77\n"


def corpus():
    """Sentences of our documents."""
    text = " ".join(p.read_text() for p in (ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "docs" / "method.md"))
    return [s.strip() for s in re.split(r"[.:;|\n]", text) if len(s.strip()) > 3]


def texts(count):
    marks = ["</s>", "<unk>", "a </s> boot", "</s>", " </s>boot", "bag<unk> coat", "<pad>", "<eos>x", "\n\n", "a  b   c", "▁", "▁a▁", "", " ", "  a",
             "ΣΑΣ ΑΣ. Σ", "İstanbul", "a\u001cb", "!?.", "don't", "½ ﬁ Ａ", "e\u0301a", "👩\u200d👩", "a photo of a cat."]
    return marks + strings(count) + corpus()[:count // 4]


def unigram(folder, size, normalization):
    """A spiece.model with its tokenizer_config.json; `normalization` is a name, or rules."""
    folder.mkdir(parents=True, exist_ok=True)
    options = dict(normalization_rule_name=normalization)
    if "\t" in normalization:
        (folder / "rules.tsv").write_text(normalization)
        options = dict(normalization_rule_tsv=str(folder / "rules.tsv"))
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(s.lower() for s in corpus()), model_writer=model, vocab_size=size, model_type="unigram", pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, num_threads=1, character_coverage=0.995, user_defined_symbols=["miclip"], minloglevel=2, **options)
    (folder / "rules.tsv").unlink(missing_ok=True)
    (folder / "spiece.model").write_bytes(model.getvalue())
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "SiglipTokenizer", "do_lower_case": True,
        "eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>", "model_max_length": 64}))
    return transformers.SiglipTokenizer.from_pretrained(folder)


def pairs(folder, size, is_lowered, has_bytes=True):
    """A tokenizer.json as Gemma's."""
    folder.mkdir(parents=True, exist_ok=True)
    own = Tokenizer(models.BPE(fuse_unk=True, unk_token="<unk>", byte_fallback=True))
    own.normalizer = normalizers.Replace(" ", "▁")
    own.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{b:02X}>" for b in range(256 if has_bytes else 200)]
    own.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=size, special_tokens=special, limit_alphabet=90, show_progress=False))
    # Bytes are no marks, and é in one letter and in two is two tokens, as in Gemma's vocabulary.
    state = json.loads(own.to_str())
    state["added_tokens"] = [t for t in state["added_tokens"] if not t["content"].startswith("<0x")]
    state["model"]["vocab"] |= {t: len(state["model"]["vocab"]) + i for i, t in enumerate(("é", "e\u0301", "K", "日"))}
    own = Tokenizer.from_str(json.dumps(state))
    own.add_tokens([AddedToken(t, normalized=n) for t, n in (("\n", False), ("\n\n", False), ("▁▁", False), ("▁▁▁", False), ("<2mass>", False), ("Ankle B", True))])
    own.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    own.post_processor = processors.TemplateProcessing(single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[("<eos>", 1)])
    own.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "Siglip2Tokenizer" if is_lowered else "GemmaTokenizer", "add_bos_token": False, "add_eos_token": True, "bos_token": "<bos>",
        "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>", "padding_side": "right", "model_max_length": 64}))
    return (transformers.Siglip2Tokenizer if is_lowered else transformers.GemmaTokenizer).from_pretrained(folder)


def pieces(folder, size, normalization, is_plain=False):
    """A tokenizer.json of pieces, as transformers makes one of T5's; plain as older ones are, without cutting at white space first."""
    folder.mkdir(parents=True, exist_ok=True)
    unigram(folder, size, normalization)
    transformers.T5TokenizerFast.from_pretrained(folder, extra_ids=0).save_pretrained(folder)
    (folder / "spiece.model").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>", "pad_token": "</s>",
                                                              "unk_token": "<unk>", "model_max_length": 64}))
    if is_plain:
        state = json.loads((folder / "tokenizer.json").read_text())
        state["normalizer"] = {"type": "Sequence", "normalizers": [
            state["normalizer"], {"type": "Strip", "strip_left": False, "strip_right": True},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}, {"type": "Lowercase"}]}
        state["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
        (folder / "tokenizer.json").write_text(json.dumps(state, ensure_ascii=False))
    return transformers.PreTrainedTokenizerFast.from_pretrained(folder)


def ids(tokenizer, texts, length):
    return tokenizer(texts, truncation=True, max_length=length, padding="max_length")["input_ids"]


def tokens(folder, tokenizer, texts, length=LENGTH):
    found = ids(tokenizer, texts, length)
    assert all(len(n) == length for n in found)
    (folder / "tokens.json").write_text(json.dumps([{"text": t, "tokens": n} for t, n in zip(texts, found)], ensure_ascii=False))
    print(folder.name, len(texts), "texts")


def cleaned(folder, tokenizer, texts, length):
    """After open_clip's cleaning; without texts in which it repairs broken encodings or resolves HTML."""
    import ftfy
    from open_clip.tokenizer import get_clean_fn
    plain = ftfy.TextFixerConfig(fix_encoding=False, unescape_html=False, restore_byte_a0=False, replace_lossy_sequences=False,
                                 decode_inconsistent_utf8=False, fix_c1_controls=False, remove_terminal_escapes=False)
    kept = [t for t in texts if ftfy.fix_text(t) == ftfy.fix_text(t, plain) and "&" not in t]
    found = ids(tokenizer, [get_clean_fn("canonicalize")(t) for t in kept], length)
    (folder / "cleaned.json").write_text(json.dumps([{"text": t, "tokens": n} for t, n in zip(kept, found)], ensure_ascii=False))
    print(folder.name, len(kept), "of", len(texts), "texts cleaned")


def main(output, sizes=(400, 700), normalization=RULES, count=600, length=LENGTH):
    every = texts(count)
    tokens(output / "unigram", unigram(output / "unigram", sizes[0], normalization), every, length)
    cleaned(output / "pieces", pieces(output / "pieces", sizes[0], normalization), every, length)
    tokens(output / "pieces", pieces(output / "pieces", sizes[0], normalization), every, length)
    tokens(output / "plain", pieces(output / "plain", sizes[0], normalization, True), every, length)
    tokens(output / "pairs", pairs(output / "pairs", sizes[1], False), every, length)
    tokens(output / "pairs-lower", pairs(output / "pairs-lower", sizes[1], True, has_bytes=False), every, length)


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
