"""Two small sentence encoders with seeded weights, BERT and MPNet, in the layout of sentence-transformers, and what
transformers computes with them: tokens and embeddings of some texts. Usage: make_sentence_goldens.py FOLDER [MODEL]

With MODEL, a real encoder's folder, nothing is written there: tokens and embeddings of many texts go to FOLDER/real.json.
"""

import json
import pathlib
import sys
import unicodedata

import torch
from safetensors.torch import save_file
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, AutoModel, AutoTokenizer

TEXTS = [
    "boot", "a photo of an ankle boot", "Striped dress, with sleeves!", "don't", "", "   ", "T-shirt/top", "naïve café",
    "ΑΣ ΒΓΔ", "日本語のテキスト", "ab\u0000c\u200bd\tx\n", "x" * 120, "a" * 5 + " [MASK] b <mask> c [SEP]", "e\u0301clair",
    "100% of 3.5$ + 2^3 `q` ~", "한국어 배우기", "🙂 smile", "the quick brown fox jumps over the lazy dog " * 12,
]


def pooled(model, tokens):
    with torch.no_grad():
        hidden = model(input_ids=torch.tensor([tokens]), attention_mask=torch.ones(1, len(tokens), dtype=torch.long)).last_hidden_state[0]
    return hidden


def write_folder(folder, kind, config, model, tokenizer, pooling, longest):
    folder.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(folder)
    prefix = "mpnet." if kind == "mpnet" else ""
    save_file({prefix + k: v.contiguous() for k, v in model.state_dict().items() if "position_ids" not in k}, folder / "model.safetensors")
    modules = ["Transformer", "Pooling"] + (["Normalize"] if kind == "bert" else [])
    (folder / "modules.json").write_text(json.dumps([
        {"idx": i, "name": str(i), "path": "" if i == 0 else f"{i}_{m}", "type": f"sentence_transformers.models.{m}"}
        for i, m in enumerate(modules)]))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({
        "word_embedding_dimension": config.hidden_size, "pooling_mode_cls_token": pooling == "first",
        "pooling_mode_mean_tokens": pooling == "mean"}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest, "do_lower_case": False}))


def main(folder, real):
    folder.mkdir(parents=True, exist_ok=True)
    if real:
        tokenizer, model = AutoTokenizer.from_pretrained(real), AutoModel.from_pretrained(real).eval()
        longest = json.loads((pathlib.Path(real) / "sentence_bert_config.json").read_text())["max_seq_length"]
        texts = list(TEXTS)
        texts += [chr(c) for c in range(0x20, 0x3100) if not 0xD800 <= c < 0xE000]
        texts += [f"a{chr(c)}b" for c in range(0x3100, 0x20000, 37) if not 0xD800 <= c < 0xE000]
        words = [line.strip() for line in open(pathlib.Path(__file__).parent / "../../SampleData/concepts.txt")]
        texts += [w for w in words if w] + [f"a photo of the {w} in {i}" for i, w in enumerate(words) if w]
        rows = []
        for text in texts:
            tokens = tokenizer(text, truncation=True, max_length=longest)["input_ids"]
            rows.append({"text": text, "tokens": tokens})
        for row in rows[:len(TEXTS)] + rows[-400:]:
            hidden = pooled(model, row["tokens"]).mean(0)
            row["embedding"] = torch.nn.functional.normalize(hidden, dim=0).tolist()
        (folder / "real.json").write_text(json.dumps(rows))
        return

    letters = BertWordPieceTokenizer(lowercase=True)
    corpus = [line for line in open(pathlib.Path(__file__).parent / "../../SampleData/concepts.txt")] * 3 + TEXTS
    letters.train_from_iterator(corpus, vocab_size=400, min_frequency=2, limit_alphabet=200, show_progress=False,
                                special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    for kind in ["bert", "mpnet"]:
        torch.manual_seed(7)
        place = folder / kind
        place.mkdir(parents=True, exist_ok=True)
        if kind == "bert":
            vocabulary = [t for t, _ in sorted(letters.get_vocab().items(), key=lambda p: p[1])]
            tokenizer = BertWordPieceTokenizer(vocab={t: i for i, t in enumerate(vocabulary)}, lowercase=True)
            tokenizer.save(str(place / "tokenizer.json"))
            config = BertConfig(vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
                                intermediate_size=48, max_position_embeddings=40)
            model, longest, pooling = BertModel(config), 40, "mean"
            encode = lambda text: tokenizer.encode(text).ids
        else:
            names = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
            vocabulary = names + [t for t, i in sorted(letters.get_vocab().items(), key=lambda p: p[1]) if i >= 5]
            (place / "vocab.txt").write_text("".join(t + "\n" for t in vocabulary))
            (place / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}))
            tokenizer = BertWordPieceTokenizer(
                vocab={t: i for i, t in enumerate(vocabulary)}, lowercase=True, cls_token="<s>", sep_token="</s>",
                unk_token="[UNK]", pad_token="<pad>", mask_token="<mask>")
            config = MPNetConfig(vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
                                 intermediate_size=48, max_position_embeddings=42)
            model, longest, pooling = MPNetModel(config), 40, "first"
            from tokenizers import AddedToken
            tokenizer._tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
            encode = lambda text: tokenizer.encode(text).ids
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if parameter.dim() > 1:
                    parameter.normal_(0, 0.3)
                elif "bias" in name:
                    parameter.normal_(0, 0.1)
        model.eval()
        write_folder(place, kind, config, model, tokenizer, pooling, longest)
        rows = []
        for text in TEXTS:
            tokens = encode(text)
            if len(tokens) > longest:
                tokens = tokens[:longest - 1] + tokens[-1:]
            hidden = pooled(model, tokens)
            vector = hidden.mean(0) if pooling == "mean" else hidden[0]
            rows.append({"text": text, "tokens": tokens, "embedding": torch.nn.functional.normalize(vector, dim=0).tolist()})
        (place / "expected.json").write_text(json.dumps(rows))


main(pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
