#!/usr/bin/env python3
"""Activations of any PyTorch model's layers over a folder of images, as `miclip import layer` takes them.

    python3 miclip_extract.py timm:vit_small_patch14_dinov2 blocks.8 blocks.11 --images train/ --output out/
    python3 miclip_extract.py hf:facebook/dinov2-base encoder.layer.8 --images train/ --output out/ --clip hf:openai/clip-vit-base-patch16
    python3 miclip_extract.py torchvision:resnet50 layer4 --images train/ --output out/ --checkpoint mine.pth
    python3 miclip_extract.py mymodule:build layer4 --images train/ --output out/ --size 224
    python3 miclip_extract.py timm:convnext_tiny.fb_in1k stages.2 --images train/ --output out/ --pooling mean --gradients \\
        --clip hf:openai/clip-vit-base-patch16 --concepts concepts.txt

A model is timm:NAME, torchvision:NAME, hf:NAME (a folder or org/repo, by AutoModelForImageClassification, else AutoModel), or
MODULE:FUNCTION, which returns any nn.Module. Layers are module paths (`--list` prints them). Images lie in a folder a class, or
in one folder without classes. For each layer a folder is written with shards of .npz (activations; labels; paths; where the
model has classes, logits, or with --predictions the greatest alone; with --gradients the gradient of the log-probability of
the model's own answer, of layers that its head does not read; image_embeddings with --clip) and shared.npz (the layer's and
the model's names and a digest of the weights; classes; the last linear layer's weight and bias where it reads the layer's
pooled output; class_embeddings with --clip, concept_embeddings with --concepts). Shards that are there are not made again, so
an interrupted run goes on. Needs torch and pillow, and timm, torchvision or transformers for models of theirs; uses CUDA where
it is there.
"""
import argparse
import hashlib
import importlib
import os
import re
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}


def load(name, checkpoint, size):
    """The model in evaluation, and what makes a picture its input."""
    kind, _, rest = name.partition(":")
    if kind == "timm":
        import timm
        model = timm.create_model(rest, pretrained=checkpoint is None)
        transform = timm.data.create_transform(**timm.data.resolve_data_config({}, model=model), is_training=False)
    elif kind == "torchvision":
        import torchvision
        weights = torchvision.models.get_model_weights(rest).DEFAULT
        model = torchvision.models.get_model(rest, weights=weights if checkpoint is None else None)
        transform = weights.transforms()
    elif kind == "hf":
        import transformers
        model = hugging_face(rest)
        processor = transformers.AutoImageProcessor.from_pretrained(rest)
        transform = lambda image: processor(image, return_tensors="pt")["pixel_values"][0]
    elif rest:
        sys.path.insert(0, os.getcwd())
        model, transform = getattr(importlib.import_module(kind), rest)(), None
    else:
        sys.exit(f"miclip_extract: {name}: expected timm:, torchvision:, hf: or MODULE:FUNCTION")
    if checkpoint:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        for key in ("state_dict", "model"):
            state = state.get(key, state) if isinstance(state.get(key), dict) else state
        model.load_state_dict({re.sub(r"^(module\.|_orig_mod\.)+", "", k): v for k, v in state.items()})
    if transform is None or size:
        from torchvision import transforms as t
        side = size or 224
        transform = t.Compose([t.Resize(side, t.InterpolationMode.BICUBIC), t.CenterCrop(side), t.ToTensor(),
                               t.Normalize((.485, .456, .406), (.229, .224, .225))])
    return model.eval(), transform


def hugging_face(name):
    import transformers
    architectures = transformers.AutoConfig.from_pretrained(name).architectures or []
    isClassifier = any(a.endswith("ForImageClassification") for a in architectures)
    return (transformers.AutoModelForImageClassification if isClassifier else transformers.AutoModel).from_pretrained(name)


def clip_towers(name):
    """Functions from pictures and from texts to embeddings [n, d]."""
    kind, _, rest = name.partition(":")
    if kind == "hf":
        import transformers
        model = transformers.CLIPModel.from_pretrained(rest).eval()
        processor = transformers.AutoImageProcessor.from_pretrained(rest)
        tokenizer = transformers.AutoTokenizer.from_pretrained(rest)

        def embed(images, device):
            pixels = processor(images, return_tensors="pt")["pixel_values"].to(device)
            return model.to(device).visual_projection(model.vision_model(pixel_values=pixels).pooler_output)

        def embed_texts(texts, device):
            ids = tokenizer(texts, padding=True, truncation=True, return_tensors="pt").to(device)
            return model.to(device).text_projection(model.text_model(**ids).pooler_output)
        return embed, embed_texts
    if kind == "open_clip":
        import open_clip
        architecture, _, weights = rest.partition(":")
        model, _, transform = open_clip.create_model_and_transforms(architecture, pretrained=weights)
        tokenizer = open_clip.get_tokenizer(architecture)
        return (lambda images, device: model.eval().to(device).encode_image(torch.stack([transform(i) for i in images]).to(device)),
                lambda texts, device: model.eval().to(device).encode_text(tokenizer(texts).to(device)))
    sys.exit(f"miclip_extract: {name}: expected hf:NAME or open_clip:ARCHITECTURE:WEIGHTS")


def embedded(embed_texts, names, template, device):
    """Unit rows [n, d] of names in a template, 256 at a time."""
    texts = [template.replace("{}", name) for name in names]
    parts = [embed_texts(texts[i:i + 256], device) for i in range(0, len(texts), 256)]
    return torch.nn.functional.normalize(torch.cat(parts).float(), dim=-1).cpu().numpy()


def digest(model):
    """SHA-256 of the weights by their names."""
    found = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        found.update(name.encode() + b"\0" + value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def images_of(folder):
    """Paths relative to the folder, labels and classes: a folder a class, in order of their names, or none."""
    folders = sorted(f for f in folder.iterdir() if f.is_dir() and not f.name.startswith("."))
    pictures = lambda f: sorted(p for p in f.rglob("*") if p.suffix.lower() in ENDINGS and not p.name.startswith("."))
    classes = [(f.name, found) for f in folders if (found := pictures(f))]
    if not classes:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS)
        return [str(p.relative_to(folder)) for p in paths], None, None
    paths = [str(p.relative_to(folder)) for _, found in classes for p in found]
    labels = [index for index, (_, found) in enumerate(classes) for _ in found]
    return paths, labels, [name for name, _ in classes]


def whole(output):
    """The tensor of whatever a module gives."""
    if isinstance(output, (tuple, list)):
        output = output[0]
    return output.last_hidden_state if hasattr(output, "last_hidden_state") else output


def tokens(output):
    """[B, n] or [B, T, n]: feature maps are tokens."""
    return output.flatten(2).transpose(1, 2) if output.dim() == 4 else output


def pooled(x, pooling):
    if x.dim() == 2 or pooling == "none":
        return x
    return x[:, 0] if pooling == "cls" else x.mean(1) if pooling == "mean" else x.amax(1)


def pooled_gradient(g, pooling):
    """Of what moves as the pooled vector does: the class token, or all tokens alike."""
    return g if g.dim() == 2 else g[:, 0] if pooling == "cls" else g.sum(1)


def last_linear(model):
    found = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    return found[-1] if found else None


def write(path, arrays):
    """Whole or not at all."""
    part = path.with_suffix(".writing")
    with open(part, "wb") as file:
        np.savez(file, **arrays)
    os.replace(part, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("layers", nargs="*")
    parser.add_argument("--list", action="store_true", help="print the model's module paths")
    parser.add_argument("--images", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--pooling", choices=["cls", "mean", "max", "none"], default="cls")
    parser.add_argument("--checkpoint", help="a state_dict to load")
    parser.add_argument("--clip", help="a CLIP for image_embeddings: hf:NAME or open_clip:ARCHITECTURE:WEIGHTS")
    parser.add_argument("--concepts", type=Path, help="concepts to embed with --clip, one a line")
    parser.add_argument("--template", default="{}", help="a text to place concepts and classes in: 'a photo of a {}'")
    parser.add_argument("--predictions", action="store_true", help="the class of the greatest logit instead of logits")
    parser.add_argument("--gradients", action="store_true", help="of the log-probability of the model's own answer")
    parser.add_argument("--size", type=int, help="side of the input, for a model of your own")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--shard", type=int, default=8192, help="images a file")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    model, transform = load(arguments.model, arguments.checkpoint, arguments.size)
    modules = dict(model.named_modules())
    if arguments.list:
        return print("\n".join(name for name in modules if name))
    if not (arguments.layers and arguments.images and arguments.output):
        parser.error("expected layers, --images and --output")
    for layer in arguments.layers:
        if layer not in modules:
            parser.error(f"no layer {layer}; --list prints them")
    if arguments.gradients and arguments.pooling not in ("cls", "mean"):
        parser.error("--gradients: expected --pooling cls or mean")
    if arguments.concepts and not arguments.clip:
        parser.error("--concepts: expected --clip too")
    extract(arguments, model.to(arguments.device), modules, transform)


def agreed(model, count, labels, classes):
    """Labels as indices of the model's classes, and names of these; None for labels that are none of them."""
    named = getattr(getattr(model, "config", None), "id2label", None)
    names = [named[i] for i in range(count)] if named and len(named) == count else None
    if classes is None:
        return labels, names
    if names and set(classes) <= set(names):
        return [names.index(classes[label]) for label in labels], names
    if len(classes) == count:
        print(f"miclip_extract: the {count} class folders are taken for the model's classes in the order of their names", file=sys.stderr)
        return labels, classes
    return None, names


@torch.no_grad()
def extract(arguments, model, modules, transform):
    paths, labels, classes = images_of(arguments.images)
    if not paths:
        sys.exit(f"miclip_extract: {arguments.images}: expected images, found none")
    embed, embed_texts = clip_towers(arguments.clip) if arguments.clip else (None, None)
    mode = "L" if getattr(getattr(model, "config", None), "num_channels", 3) == 1 else "RGB"
    caught, head_input, last = {}, {}, last_linear(model)
    for layer in arguments.layers:
        modules[layer].register_forward_hook(lambda _, __, output, l=layer: caught.__setitem__(l, whole(output)))
    if last is not None:
        last.register_forward_pre_hook(lambda _, inputs: head_input.__setitem__("x", inputs[0]))

    def run(files):
        """Pictures, vectors of every layer, logits where the model ends in a classifier, and their gradients if asked for."""
        pictures = [Image.open(arguments.images / f).convert(mode) for f in files]
        caught.clear()
        pixels = torch.stack([transform(picture) for picture in pictures]).to(arguments.device)
        with torch.set_grad_enabled(arguments.gradients):
            # Whatever comes of the input knows its way back.
            output = model(pixels.requires_grad_(arguments.gradients))
            answer = getattr(output, "logits", output if torch.is_tensor(output) else None)
            # Features are no logits: a model without a classifier ends in them.
            isAnswer = answer is not None and answer.dim() == 2 and last is not None and answer.shape[1] == last.out_features
            gradients = {}
            if arguments.gradients and isAnswer:
                chosen = answer.float().log_softmax(-1).amax(-1).sum()
                found = torch.autograd.grad(chosen, [caught[l] for l in arguments.layers])
                gradients = {l: pooled_gradient(tokens(g), arguments.pooling) for l, g in zip(arguments.layers, found)}
        vectors = {l: pooled(tokens(caught[l].detach()), arguments.pooling) for l in arguments.layers}
        return pictures, vectors, answer.detach() if isAnswer else None, gradients

    # Of the first images: whether there are logits, which layers the head reads, and what labels mean.
    _, vectors, answer, gradients = run(paths[:arguments.batch])
    if arguments.gradients and not gradients:
        sys.exit("miclip_extract: --gradients: expected a model with a classifier")
    same = head_input.get("x")
    reads = {l: answer is not None and same is not None and same.shape == x.shape and torch.allclose(same, x, atol=1e-5)
             for l, x in vectors.items()}
    names = classes
    if answer is not None:
        mapped, own = agreed(model, last.out_features, labels, classes)
        if labels and mapped is None:
            print("miclip_extract: the class folders are none of the model's classes: labels are kept, for a probe head, logits "
                  "are not", file=sys.stderr)
            answer = None
        else:
            labels, names = mapped, own or [f"class {i}" for i in range(last.out_features)]
    folders, weights = {layer: arguments.output / layer for layer in arguments.layers}, digest(model)
    concepts = [line.strip() for line in arguments.concepts.read_text().splitlines() if line.strip()] if arguments.concepts else None
    for layer, folder in folders.items():
        folder.mkdir(parents=True, exist_ok=True)
        found = {"layer": np.array(layer), "model": np.array(arguments.model), "digest": np.array(weights)}
        if names is not None:
            found["classes"] = np.array(names)
        if names is not None and embed_texts:
            found["class_embeddings"] = embedded(embed_texts, names, arguments.template, arguments.device)
        if concepts:
            found |= {"concepts": np.array(concepts), "concept_embeddings": embedded(
                embed_texts, concepts, arguments.template, arguments.device)}
        if answer is not None and reads[layer]:
            bias = last.bias if last.bias is not None else torch.zeros(last.out_features)
            found |= {"head_weight": last.weight.float().cpu().numpy(), "head_bias": bias.float().cpu().numpy()}
        write(folder / "shared.npz", found)
    began, done = time.time(), 0
    for start in range(0, len(paths), arguments.shard):
        stop = min(len(paths), start + arguments.shard)
        wanted = {layer: folder / f"images-{start:08d}.npz" for layer, folder in folders.items()}
        if all(path.exists() for path in wanted.values()):
            continue
        activations, slopes = ({layer: [] for layer in arguments.layers} for _ in range(2))
        logits, embeddings = [], []
        for first in range(start, stop, arguments.batch):
            files = paths[first:min(stop, first + arguments.batch)]
            pictures, vectors, given, gradients = run(files)
            for layer, x in vectors.items():
                activations[layer].append(x.float().cpu().numpy())
                if answer is not None and gradients and not reads[layer]:
                    slopes[layer].append(gradients[layer].float().cpu().numpy())
            if answer is not None:
                logits.append(given.float().cpu().numpy())
            if embed:
                embeddings.append(embed(pictures, arguments.device).float().cpu().numpy())
            done += len(files)
            print(f"\r{first + len(files)} of {len(paths)} images, {done / (time.time() - began):.0f} a second", end="", file=sys.stderr)
        shared = {"paths": np.array(paths[start:stop])}
        if labels:
            shared["labels"] = np.array(labels[start:stop], dtype=np.int64)
        if logits:
            every = np.concatenate(logits)
            shared |= {"predictions": every.argmax(1)} if arguments.predictions else {"logits": every}
        if embeddings:
            shared["image_embeddings"] = np.concatenate(embeddings)
        for layer, path in wanted.items():
            own = {"gradients": np.concatenate(slopes[layer])} if slopes[layer] else {}
            write(path, {"activations": np.concatenate(activations[layer]), **own, **shared})
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
