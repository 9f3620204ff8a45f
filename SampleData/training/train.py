#!/usr/bin/env python3
"""Trains the two sample models on Fashion-MNIST's 60,000 training images and writes SampleData.

    python3 train.py data      # IDX files, classes.txt, concepts.txt
    python3 train.py target    # ViT in the ViTForImageClassification layout, about 30 minutes on one core
    python3 train.py clip      # CLIP in the CLIPModel layout, about 20 minutes

Needs Debian's dataset-fashion-mnist and, from PyPI, torch, transformers and numpy. One thread and fixed seeds: the
same machine gives the same weights. Logs lie beside this file.
"""
import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy, normalize

import captions
import dataset
from tokenizer import CONTEXT, Tokenizer, learn

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent
TARGET, CLIP = SAMPLES / "target-vit", SAMPLES / "clip"
TARGET_EPOCHS, CLIP_EPOCHS = 40, 12
HELD_BACK = 5_000  # training images that choose the target's epoch, and nothing else
TARGET_BATCH, CLIP_BATCH = 128, 128
PREPROCESSOR = dict(do_resize=False, do_rescale=True, rescale_factor=1 / 255, do_normalize=True,
                    image_mean=[dataset.MEAN], image_std=[dataset.STD], size=dict(height=28, width=28))


class Log:
    def __init__(self, name):
        self.file, self.start = open(HERE / f"{name}.log", "w"), time.time()

    def __call__(self, text):
        line = f"{time.time() - self.start:7.0f}s  {text}"
        print(line, flush=True)
        self.file.write(line + "\n")
        self.file.flush()


def optimiser(model, rate):
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [dict(params=decay, weight_decay=0.05), dict(params=plain, weight_decay=0.0)]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))


def train(model, images, batch, epochs, rate, generator, loss, log, after=lambda epoch: None):
    """AdamW with a warm-up of 5 % and cosine decay; `loss(pixels, indices)` is one step's objective, `after` is called
    with each epoch's number."""
    optimizer, steps = optimiser(model, rate), epochs * (len(images) // batch)
    step, total = 0, 0.0
    model.train()
    for epoch in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images) - batch + 1, batch):
            f = step / steps
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, f / 0.05) * 0.5 * (1 + math.cos(math.pi * f))
            chosen = order[start : start + batch]
            value = loss(dataset.augment(images[chosen], generator), chosen)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += value.item()
            step += 1
            if step % 100 == 0:
                log(f"epoch {epoch + 1}/{epochs} step {step}/{steps} loss {total / 100:.4f}")
                total = 0.0
        model.eval()
        after(epoch + 1)
        model.train()
    model.eval()


def save(model, folder, **facts):
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2) + "\n")
    (folder / "training.json").write_text(json.dumps(facts, indent=2) + "\n")


def target():
    from transformers import ViTConfig, ViTForImageClassification

    log = Log("target")
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    (x, y), (xt, yt) = dataset.load("train"), dataset.load("t10k")
    images, labels = dataset.normalise(x), torch.from_numpy(y)
    names = dict(enumerate(dataset.CLASSES))
    model = ViTForImageClassification(ViTConfig(
        image_size=28, patch_size=7, num_channels=1, hidden_size=96, num_hidden_layers=4, num_attention_heads=4,
        intermediate_size=192, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, id2label=names,
        label2id={n: i for i, n in names.items()}))
    log(f"ViT with {sum(p.numel() for p in model.parameters())} parameters, seed 0, {TARGET_EPOCHS} epochs")
    objective = lambda pixels, i: cross_entropy(model(pixels).logits, labels[i], label_smoothing=0.05)
    fitted, back = len(images) - HELD_BACK, dataset.normalise(x[-HELD_BACK:])
    best = dict(accuracy=0.0)

    def classify(pixels):
        with torch.no_grad():
            return torch.cat([model(b).logits for b in pixels.split(500)]).argmax(1).numpy()

    def keep(epoch):
        accuracy = float((classify(back) == y[-HELD_BACK:]).mean())
        log(f"epoch {epoch} accuracy on {HELD_BACK} training images held back {accuracy:.4f}")
        if accuracy > best["accuracy"]:
            weights = {name: value.clone() for name, value in model.state_dict().items()}
            best.update(accuracy=accuracy, epoch=epoch, weights=weights)

    train(model, images[:fitted], TARGET_BATCH, TARGET_EPOCHS, 2e-3, generator, objective, log, keep)
    model.load_state_dict(best["weights"])
    accuracy = float((classify(dataset.normalise(xt)) == yt).mean())
    log(f"epoch {best['epoch']} kept; accuracy on the test split {accuracy:.4f}")
    save(model, TARGET, accuracy=accuracy, epochs=best["epoch"], of=TARGET_EPOCHS, seed=0)


def contrastive(scores, same):
    """InfoNCE where every pair that shares its caption is a positive."""
    positives = same / same.sum(1, keepdim=True)
    return -0.5 * ((positives * scores.log_softmax(1)).sum(1) + (positives * scores.log_softmax(0)).sum(0)).mean()


def pooled(features):
    return normalize(features if torch.is_tensor(features) else features.pooler_output, dim=-1)


def clip():
    from transformers import CLIPConfig, CLIPModel

    log = Log("clip")
    torch.manual_seed(1)
    generator, draw = torch.Generator().manual_seed(1), random.Random(1)
    (x, y), (xt, yt) = dataset.load("train"), dataset.load("t10k")
    images, shown = dataset.normalise(x), captions.attributes(x, y)
    learn([captions.caption(int(y[i]), shown[i], draw) for i in range(20_000)] + captions.concepts() * 5, CLIP)
    tokenizer = Tokenizer(CLIP)
    model = CLIPModel(CLIPConfig(
        text_config=dict(vocab_size=len(tokenizer.vocabulary), hidden_size=96, intermediate_size=192, num_hidden_layers=2,
                         num_attention_heads=4, max_position_embeddings=CONTEXT, bos_token_id=tokenizer.bos,
                         eos_token_id=tokenizer.eos, pad_token_id=tokenizer.eos, projection_dim=64),
        vision_config=dict(hidden_size=128, intermediate_size=256, num_hidden_layers=3, num_attention_heads=4, image_size=28,
                           patch_size=7, num_channels=1, projection_dim=64),
        projection_dim=64))
    log(f"CLIP with {sum(p.numel() for p in model.parameters())} parameters, {len(tokenizer.vocabulary)} tokens, seed 1, {CLIP_EPOCHS} epochs")

    def objective(pixels, chosen):
        texts = [captions.caption(int(y[i]), shown[i], draw) for i in chosen.tolist()]
        distinct = sorted(set(texts))
        index = torch.tensor([distinct.index(t) for t in texts])
        text = pooled(model.get_text_features(input_ids=tokenizer.batch(distinct)))[index]
        image = pooled(model.get_image_features(pixel_values=pixels))
        with torch.no_grad():
            model.logit_scale.clamp_(max=math.log(100))
        return contrastive(model.logit_scale.exp() * image @ text.T, (index[:, None] == index[None]).float())

    train(model, images, CLIP_BATCH, CLIP_EPOCHS, 1e-3, generator, objective, log)
    embed = lambda texts: pooled(model.get_text_features(input_ids=tokenizer.batch(texts)))
    with torch.no_grad():
        names = embed(dataset.CLASSES)
        image = torch.cat([pooled(model.get_image_features(pixel_values=b)) for b in dataset.normalise(xt).split(500)])
        accuracy = float(((image @ names.T).argmax(1).numpy() == yt).mean())
        log(f"zero-shot accuracy on the test split, bare class names: {accuracy:.4f}")
        words = captions.concepts()
        likeness = embed(words) @ names.T
        spread = image @ embed(words).T
        for w, row, column in zip(words, likeness, spread.T):
            nearest = ", ".join(f"{dataset.CLASSES[c]} {row[c]:.2f}" for c in row.argsort(descending=True)[:3])
            top = np.bincount(yt[column.argsort(descending=True)[:200].numpy()], minlength=10)
            images_of = ", ".join(f"{dataset.CLASSES[c]} {top[c] / 2:.0f}%" for c in top.argsort()[::-1][:3])
            log(f"{w:24} nearest names: {nearest}; most similar 200 images: {images_of}")
    save(model, CLIP, zeroShotAccuracy=accuracy, epochs=CLIP_EPOCHS, seed=1)


def data():
    dataset.export(SAMPLES / "fashion-mnist")
    (SAMPLES / "concepts.txt").write_text("# The concept set of the sample study: one concept a line.\n" + "\n".join(captions.concepts()) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    verbs = dict(data=data, target=target, clip=clip)
    if len(sys.argv) < 2 or any(a not in verbs for a in sys.argv[1:]): sys.exit(__doc__)
    for verb in sys.argv[1:]: verbs[verb]()
