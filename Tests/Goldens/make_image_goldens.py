#!/usr/bin/env python3
"""Makes small pictures of every kind and records what Pillow and transformers make of them.

    python3 make_image_goldens.py images

Needs pillow, numpy, transformers and safetensors from PyPI. torchvision's and timm's two evaluation transforms are written
out here, on Pillow. Pictures are gradients with seeded noise, drawn here.
`resized.safetensors`: resized pixels, `KIND-WIDTHxHEIGHT`; `inputs.safetensors`: whole preprocessing, by case;
`decoded.safetensors`: the pixels of each file as `convert("RGB")` has them, turned as EXIF says.
"""
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

random = np.random.default_rng(11)
RESAMPLING = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}


def picture(width, height, channels):
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x * 255 / max(1, width - 1)), (y * 255 / max(1, height - 1)), 127 + 127 * np.sin(x / 3 + y / 5), 255 - x - y]
    pixels = np.stack(planes[:channels], -1) + random.normal(0, 12, (height, width, channels))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(pixels, color_type):
    """A PNG of sixteen bits a value, which Pillow reads but writes only in part."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def interlaced(pixels):
    """An RGB PNG in Adam7's seven passes, which Pillow does not write."""
    height, width = pixels.shape[:2]
    rows = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = pixels[y0::dy, x0::dx]
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def encoded(pixels, mode, format, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels, mode).save(buffer, format, **options)
    return buffer.getvalue()


def files():
    rgb, grey = picture(37, 26, 3), picture(21, 30, 1)[..., 0]
    made = {
        "rgb.jpg": encoded(rgb, "RGB", "JPEG", quality=85),
        "progressive.jpg": encoded(rgb, "RGB", "JPEG", quality=75, progressive=True),
        "full.jpg": encoded(rgb, "RGB", "JPEG", quality=90, subsampling=0),
        "half.jpg": encoded(rgb, "RGB", "JPEG", quality=90, subsampling=1),
        "grey.jpg": encoded(grey, "L", "JPEG", quality=85),
        "cmyk.jpg": encoded(picture(24, 19, 4), "CMYK", "JPEG", quality=90),
        "rgb.png": encoded(rgb, "RGB", "PNG"),
        "interlaced.png": interlaced(rgb),
        "grey.png": encoded(grey, "L", "PNG"),
        "alpha.png": encoded(picture(20, 17, 4), "RGBA", "PNG"),
        "grey-alpha.png": encoded(picture(20, 17, 2), "LA", "PNG"),
        "rgb16.png": png16(random.integers(0, 65536, (9, 11, 3)), 2),
        "alpha16.png": png16(random.integers(0, 65536, (9, 11, 4)), 6),
        "grey16.png": png16(random.integers(0, 600, (9, 11, 1)), 0),
        "grey-alpha16.png": png16(random.integers(0, 65536, (9, 11, 2)), 4),
        "lossy.webp": encoded(rgb, "RGB", "WEBP", quality=80),
        "lossless.webp": encoded(rgb, "RGB", "WEBP", lossless=True),
        "alpha.webp": encoded(picture(20, 17, 4), "RGBA", "WEBP", lossless=True, exact=True),
        "alpha-lossy.webp": encoded(picture(20, 17, 4), "RGBA", "WEBP", quality=80),
    }
    # Adobe's transform 2 makes the four channels YCCK: the marker of a file with transform 0 is changed, so that it decodes
    # to other colours, as any such file would.
    made["ycck.jpg"] = bytearray(made["cmyk.jpg"])
    place = made["ycck.jpg"].find(b"Adobe")
    made["ycck.jpg"][place + 11] = 2
    made["ycck.jpg"] = bytes(made["ycck.jpg"])
    for name, colors, bits in [("palette", 200, 8), ("palette4", 13, 4), ("palette1", 2, 1)]:
        buffer = io.BytesIO()
        Image.fromarray(rgb).quantize(colors).save(buffer, "PNG", bits=bits)
        made[f"{name}.png"] = buffer.getvalue()
    buffer = io.BytesIO()
    Image.fromarray(rgb).quantize(50).save(buffer, "PNG", transparency=bytes(range(0, 250, 5)))
    made["palette-alpha.png"] = buffer.getvalue()
    buffer = io.BytesIO()
    Image.fromarray(grey).convert("1").save(buffer, "PNG")
    made["bits.png"] = buffer.getvalue()
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        made[f"turned{orientation}.jpg"] = encoded(picture(16, 9, 3), "RGB", "JPEG", quality=90, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    made["turned6.png"] = encoded(picture(16, 9, 3), "RGB", "PNG", exif=exif)
    made["turned6.webp"] = encoded(picture(16, 9, 3), "RGB", "WEBP", lossless=True, exif=exif)
    return made


def shortest_edge(image, edge, resample):
    width, height = image.size
    size = (edge, int(edge * height / width)) if width <= height else (int(edge * width / height), edge)
    return image.resize(size, resample)


def center_crop(image, height, width):
    """torchvision's center_crop, padding included."""
    if image.width < width or image.height < height:
        left, top = max(0, (width - image.width) // 2), max(0, (height - image.height) // 2)
        right, bottom = max(0, (width - image.width + 1) // 2), max(0, (height - image.height + 1) // 2)
        image = ImageOps.expand(image, (left, top, right, bottom))
    top, left = int(round((image.height - height) / 2.0)), int(round((image.width - width) / 2.0))
    return image.crop((left, top, left + width, top + height))


def normalized(image, mean, std):
    values = np.asarray(image).astype(np.float32) / 255
    return ((values - np.array(mean, np.float32)) / np.array(std, np.float32)).transpose(2, 0, 1).copy()


def inputs():
    """Case -> (settings, pixels): the settings are written beside the pixels, and the source pictures too."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    sources = {"wide": picture(61, 40, 3), "tall": picture(33, 70, 3), "small": picture(14, 11, 3), "odd": picture(45, 44, 3)}
    clip = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}
    net = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    hugging_face = {
        "clip": (CLIPImageProcessorPil, {
            "size": {"shortest_edge": 24}, "crop_size": {"height": 24, "width": 24}, "resample": 3,
            "do_center_crop": True, "image_mean": clip["mean"], "image_std": clip["std"]}),
        "padded": (CLIPImageProcessorPil, {
            "do_resize": False, "crop_size": {"height": 24, "width": 24}, "do_center_crop": True,
            "image_mean": clip["mean"], "image_std": clip["std"]}),
        "vit": (ViTImageProcessorPil, {
            "size": {"height": 24, "width": 24}, "resample": 2, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}),
        "convnext": (ConvNextImageProcessorPil, {
            "size": {"shortest_edge": 24}, "crop_pct": 0.875, "resample": 3, "image_mean": net["mean"],
            "image_std": net["std"]}),
    }
    cases, tensors = [], {f"source/{name}": pixels for name, pixels in sources.items()}
    for name, (processor, settings) in hugging_face.items():
        for source, pixels in sources.items():
            result = processor(**settings)(Image.fromarray(pixels), return_tensors="np")["pixel_values"][0]
            tensors[f"{name}/{source}"] = result.astype(np.float32)
        kind = processor.__name__.removesuffix("Pil")
        cases.append({"name": name, "reader": "huggingFace", "settings": settings | {"image_processor_type": kind}})
    for name, settings in {
        "timm": {"input_size": [3, 24, 24], "interpolation": "bicubic", "crop_pct": 0.9, "mean": [0.5] * 3, "std": [0.5] * 3},
        "timm95": {"input_size": [3, 24, 24], "interpolation": "bilinear", "crop_pct": 0.95} | net,
        "squash": {"input_size": [3, 24, 24], "interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "squash"} | net,
    }.items():
        resample = RESAMPLING[settings["interpolation"]]
        edge = int(24 // settings["crop_pct"])
        for source, pixels in sources.items():
            image = Image.fromarray(pixels)
            is_squashed = settings.get("crop_mode") == "squash"
            image = image.resize((edge, edge), resample) if is_squashed else shortest_edge(image, edge, resample)
            tensors[f"{name}/{source}"] = normalized(center_crop(image, 24, 24), settings["mean"], settings["std"])
        cases.append({"name": name, "reader": "timm", "settings": settings})
    return cases, tensors


def main(folder):
    folder.mkdir(exist_ok=True)
    decoded = {}
    for name, data in files().items():
        (folder / name).write_bytes(data)
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        decoded[name] = np.asarray(image.convert("RGB")).copy()
    save_file(decoded, folder / "decoded.safetensors")

    resized = {"source": picture(53, 38, 3), "grey": picture(53, 38, 1)[..., 0]}
    for name, number in RESAMPLING.items():
        for width, height in [(24, 17), (53, 20), (20, 38), (80, 61), (7, 90), (50, 9), (60, 12), (1, 1)]:
            resized[f"{name}-{width}x{height}"] = np.asarray(Image.fromarray(resized["source"]).resize((width, height), number)).copy()
        resized[f"{name}-grey"] = np.asarray(Image.fromarray(resized["grey"]).resize((30, 23), number)).copy()
    resized["luma"] = np.asarray(Image.fromarray(resized["source"]).convert("L")).copy()
    save_file(resized, folder / "resized.safetensors")

    cases, tensors = inputs()
    save_file(tensors, folder / "inputs.safetensors")
    (folder / "inputs.json").write_text(json.dumps(cases, indent=1) + "\n")


main(Path(sys.argv[1]))
