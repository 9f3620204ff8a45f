#!/usr/bin/env python3
"""Compares our decoders with Pillow over folders of pictures, pixel by pixel.

    python3 check_pictures.py FOLDER...

picture_suites.py fetches such folders (`make pictures`). Needs pillow, numpy and a C compiler. The decoders are built from Sources/CImageCodecs; pictures are turned here as they are
in Swift. Suites worth a run are those that packages carry: Pillow's own (`pip download --no-binary pillow pillow`),
imageio's, scikit-image's, torchvision's. Prints each difference, then how many pictures are equal, by kind; those that both
refuse do not count. A picture that Pillow refuses and we read, or the other way round, is a difference too, but is counted
apart.
"""
import collections
import ctypes
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
# Pillow refuses twice as many.
Image.MAX_IMAGE_PIXELS = 1 << 26
ROOT = Path(__file__).resolve().parents[2]
MOST_PIXELS = 1 << 27


class Header(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int32) for name in ("width", "height", "channels", "orientation")]


def library():
    folder = tempfile.mkdtemp()
    sources = [str(path) for path in (ROOT / "Sources/CImageCodecs").glob("*.c")]
    command = ["cc", "-O2", "-shared", "-fPIC", f"-I{ROOT}/Sources/CImageCodecs/include", "-o", f"{folder}/codecs.so", *sources]
    subprocess.run(command + ["-ljpeg", "-lpng", "-lwebp", "-lwebpdemux", "-lgif", "-ltiff", "-lz"], check=True)
    return ctypes.CDLL(f"{folder}/codecs.so")


def kind(data):
    starts = {"jpeg": [b"\xff\xd8\xff"], "png": [b"\x89PNG\r\n\x1a\n"], "gif": [b"GIF87a", b"GIF89a"],
              "tiff": [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]}
    for name, prefixes in starts.items():
        if any(data.startswith(prefix) for prefix in prefixes):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "bmp" if data[:2] == b"BM" and data[15:18] == b"\0\0\0" else None


def ours(codecs, name, data):
    header, message = Header(), ctypes.create_string_buffer(256)
    if getattr(codecs, f"image_header_{name}")(data, ctypes.c_size_t(len(data)), ctypes.byref(header), message):
        return message.value.decode(errors="replace")
    if header.width <= 0 or header.height <= 0 or header.width * header.height > MOST_PIXELS:
        return "too large"
    pixels = np.zeros((header.height, header.width, header.channels), np.uint8)
    pointer = pixels.ctypes.data_as(ctypes.c_void_p)
    if getattr(codecs, f"image_decode_{name}")(data, ctypes.c_size_t(len(data)), header, pointer, message):
        return message.value.decode(errors="replace")
    turns = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
             6: Image.ROTATE_270, 7: Image.TRANSVERSE, 8: Image.ROTATE_90}
    image = Image.fromarray(pixels.repeat(3, -1) if header.channels == 1 else pixels)
    return np.asarray(image.transpose(turns[header.orientation]) if header.orientation in turns else image)


def pillows(path):
    try:
        with Image.open(path) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main(folders):
    codecs = library()
    count = collections.defaultdict(collections.Counter)
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file()):
        data = path.read_bytes()
        if not (name := kind(data)):
            continue
        a, b = ours(codecs, name, data), pillows(path)
        if isinstance(a, str) and isinstance(b, str):
            verdict = "both refuse"
        elif isinstance(a, str):
            verdict = "we refuse"
            print(f"{path}: we refuse: {a}")
        elif isinstance(b, str):
            verdict = "Pillow refuses"
            print(f"{path}: Pillow refuses: {b}")
        elif a.shape == b.shape and (a == b).all():
            verdict = "equal"
        else:
            verdict = "different"
            greatest = np.abs(a.astype(int) - b).max() if a.shape == b.shape else f"{a.shape} for {b.shape}"
            print(f"{path}: different: {greatest}")
        count[name][verdict] += 1
    for name, verdicts in sorted(count.items()):
        print(f"{name}: " + ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items())))
    total = sum(count.values(), collections.Counter())
    readable = total["equal"] + total["different"] + total["we refuse"]
    print(f"equal: {total['equal']} of {readable} that Pillow reads")
    return total


if __name__ == "__main__":
    main(sys.argv[1:])
