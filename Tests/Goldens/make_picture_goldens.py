#!/usr/bin/env python3
"""Makes small BMP, GIF, TIFF, animations and oddly turned pictures, and records what Pillow makes of them.

    python3 make_picture_goldens.py images

Needs pillow, numpy and safetensors from PyPI. Pictures are gradients with seeded noise, drawn here; what Pillow does not
write is written out. `kinds.safetensors`: the pixels of each file as `convert("RGB")` has them, turned as EXIF says.
"""
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

random = np.random.default_rng(12)


def picture(width, height, channels):
    y, x = np.mgrid[0:height, 0:width]
    planes = [(x * 255 / max(1, width - 1)), (y * 255 / max(1, height - 1)), 127 + 127 * np.sin(x / 3 + y / 5), 255 - x - y]
    pixels = np.stack(planes[:channels], -1) + random.normal(0, 12, (height, width, channels))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


# BMP

def bmp(bits, rows, size, palette=b"", compression=0, masks=b"", colors=0, top_down=False):
    width, height = size
    start = 14 + 40 + len(masks) + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, compression, len(rows), 0, 0, colors, 0)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + masks + palette + rows


def bmp_rows(pixels, bits):
    """[height, width] of whole numbers or [height, width, channels] of bytes -> rows from below, each padded to four bytes."""
    rows = b""
    for row in pixels[::-1]:
        if bits < 8:
            row = np.packbits(np.unpackbits(row[:, None], axis=1)[:, -bits:].reshape(-1))
        data = row.astype("<u2" if bits == 16 else np.uint8).tobytes()
        rows += data + b"\0" * (-len(data) % 4)
    return rows


def bitmaps():
    rgb = picture(23, 14, 3)
    colors = Image.fromarray(rgb).quantize(16)
    indices, palette = np.asarray(colors), np.array(colors.getpalette()[:48], np.uint8).reshape(16, 3)
    quads = b"".join(bytes(color[::-1]) + b"\0" for color in palette)
    words = random.integers(0, 1 << 16, (14, 23))
    masks16, masks32 = struct.pack("<III", 0xF800, 0x7E0, 0x1F), struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)
    made = {
        "bits1.bmp": encoded(Image.fromarray(rgb).convert("1"), "BMP"),
        "bits1-palette.bmp": bmp(1, bmp_rows(indices & 1, 1), (23, 14), b"\x10\x20\x30\0\x90\x80\x70\0", colors=2),
        "bits4.bmp": bmp(4, bmp_rows(indices, 4), (23, 14), quads),
        "bits8.bmp": encoded(colors, "BMP"),
        "few-colors.bmp": bmp(8, bmp_rows(indices, 8), (23, 14), quads[:40], colors=10),
        "grey8.bmp": encoded(Image.fromarray(rgb[..., 0]), "BMP"),
        "rgb24.bmp": encoded(Image.fromarray(rgb), "BMP"),
        "topdown.bmp": bmp(24, bmp_rows(rgb[::-1], 24), (23, 14), top_down=True),
        "rgbx32.bmp": bmp(32, bmp_rows(picture(23, 14, 4), 32), (23, 14)),
        "rgba32.bmp": encoded(Image.fromarray(picture(23, 14, 4)), "BMP"),
        "fields32.bmp": bmp(32, bmp_rows(picture(23, 14, 4), 32), (23, 14), compression=3, masks=masks32),
        "rgb15.bmp": bmp(16, bmp_rows(words, 16), (23, 14)),
        "fields16.bmp": bmp(16, bmp_rows(words, 16), (23, 14), compression=3, masks=masks16),
    }
    core = struct.pack("<IHHHH", 12, 23, 14, 1, 4) + b"".join(bytes(color[::-1]) for color in palette)
    made["os2.bmp"] = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + len(core)) + core + bmp_rows(indices, 4)
    # Runs and literal pixels in turn, a jump, and the end.
    runs = b""
    for row in indices[:0:-1]:
        runs += bytes([5, row[0], 0, 7]) + row[5:12].tobytes() + b"\0" + bytes([11, row[20], 0, 0])
    made["rle8.bmp"] = bmp(8, runs + bytes([0, 2, 4, 0, 19, 9, 0, 1]), (23, 14), quads, compression=1, colors=16)
    runs = b"".join(bytes([14, row[0] << 4 | row[1], 0, 9]) + row[:5].tobytes() + b"\0" + bytes([0, 0]) for row in indices)
    made["rle4.bmp"] = bmp(4, runs + bytes([0, 1]), (23, 14), quads, compression=2)
    return made


# GIF and WebP

def animations():
    frames = [Image.fromarray(picture(21, 16, 3)) for _ in range(3)]
    colors = frames[0].quantize(40)
    made = {
        "palette.gif": encoded(colors, "GIF", transparency=3),
        "interlaced.gif": encoded(colors, "GIF", interlace=True),
        "grey.gif": encoded(Image.fromarray(picture(21, 16, 1)[..., 0]), "GIF"),
        "animated.gif": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "animated.webp": encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=80),
    }
    # A frame that covers a part of the screen, and one that leaves it.
    for name, place in [("inside", (3, 2)), ("outside", (9, 30))]:
        data = bytearray(made["interlaced.gif"])
        data[6:10] = struct.pack("<HH", 30, 24)
        start = data.index(b",\0\0\0\0")
        data[start + 1:start + 5] = struct.pack("<HH", *place)
        made[f"{name}.gif"] = bytes(data)
    return made


# TIFF

def tiff(tags, blocks, order="<"):
    """Tags by number: a whole number, or (type, values); `blocks`: bytes of strips or tiles under their own two tags."""
    tags = {number: value if isinstance(value, tuple) else (4 if value > 65535 else 3, [value]) for number, value in tags.items()}
    tiled = 322 in tags
    data, offsets = b"", []
    for block in blocks:
        offsets.append(8 + len(data))
        data += block + b"\0" * (len(block) & 1)
    tags[324 if tiled else 273] = (4, offsets)
    tags[325 if tiled else 279] = (4, [len(block) for block in blocks])
    table, extra = b"", b""
    start = 8 + len(data)
    behind = start + 2 + 12 * len(tags) + 4
    for number, (type, values) in sorted(tags.items()):
        packed = struct.pack(order + {1: "B", 3: "H", 4: "I"}[type] * len(values), *values)
        if len(packed) > 4:
            table += struct.pack(order + "HHII", number, type, len(values), behind + len(extra))
            extra += packed + b"\0" * (len(packed) & 1)
        else:
            table += struct.pack(order + "HHI", number, type, len(values)) + packed.ljust(4, b"\0")
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)
    return header + data + struct.pack(order + "H", len(tags)) + table + b"\0\0\0\0" + extra


def tiffs():
    rgb, grey = picture(37, 26, 3), picture(37, 26, 1)[..., 0]
    colors = Image.fromarray(rgb).quantize(30)
    made = {
        "raw.tif": encoded(Image.fromarray(rgb), "TIFF"),
        "lzw.tif": encoded(Image.fromarray(rgb), "TIFF", compression="tiff_lzw", tiffinfo={317: 2}),
        "deflate.tif": encoded(Image.fromarray(grey), "TIFF", compression="tiff_adobe_deflate"),
        "packbits.tif": encoded(colors, "TIFF", compression="packbits"),
        "jpeg.tif": encoded(Image.fromarray(rgb), "TIFF", compression="jpeg", quality=80),
        "bits.tif": encoded(Image.fromarray(rgb).convert("1"), "TIFF", compression="group4"),
        "alpha.tif": encoded(Image.fromarray(picture(37, 26, 4)), "TIFF", compression="tiff_lzw"),
        "grey-alpha.tif": encoded(Image.fromarray(picture(37, 26, 2), "LA"), "TIFF"),
        "cmyk.tif": encoded(Image.fromarray(picture(37, 26, 4), "CMYK"), "TIFF"),
        "grey16.tif": encoded(Image.fromarray(random.integers(0, 600, (26, 37)).astype(np.uint16)), "TIFF"),
        "float.tif": encoded(Image.fromarray(random.normal(128, 90, (26, 37)).astype(np.float32)), "TIFF"),
        "turned8.tif": encoded(Image.fromarray(rgb), "TIFF", tiffinfo={274: 8}),
        "pages.tif": encoded(Image.fromarray(grey), "TIFF", save_all=True, append_images=[Image.fromarray(rgb)]),
    }
    size = {256: 37, 257: 26, 259: 1}
    tiles = []
    padded = np.pad(rgb, ((0, 6), (0, 11), (0, 0)))
    for top in range(0, 32, 16):
        for left in range(0, 48, 16):
            tiles.append(zlib.compress(padded[top:top + 16, left:left + 16].tobytes()))
    made["tiles.tif"] = tiff(size | {258: (3, [8] * 3), 259: 8, 262: 2, 277: 3, 322: 16, 323: 16}, tiles)
    made["planes.tif"] = tiff(
        size | {258: (3, [8] * 3), 262: 2, 277: 3, 278: 10, 284: 2},
        [rgb[top:top + 10, :, plane].tobytes() for plane in range(3) for top in range(0, 26, 10)])
    pixels = picture(37, 26, 4)
    made["multiplied.tif"] = tiff(size | {258: (3, [8] * 4), 262: 2, 277: 4, 278: 26, 338: 1}, [pixels.tobytes()])
    wide = random.integers(0, 65536, (26, 37, 3)).astype(">u2")
    made["rgb16-big.tif"] = tiff(size | {258: (3, [16] * 3), 262: 2, 277: 3, 278: 26}, [wide.tobytes()], ">")
    made["inverted4.tif"] = tiff(
        size | {258: 4, 262: 0, 277: 1, 278: 26},
        [b"".join(np.packbits(np.unpackbits(row[:, None], axis=1)[:, 4:].reshape(-1)).tobytes() for row in grey >> 4)])
    return made


# Orientation, wherever Pillow looks

def exif(type, value, order="<", pad=0):
    start = 8 + pad
    tag = struct.pack(order + "HHI", 0x112, type, 1) + value
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start) + b"\0" * pad + struct.pack(
        order + "H", 1) + tag + b"\0\0\0\0"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def turned():
    rgb = Image.fromarray(picture(16, 9, 3))
    jpeg, png, webp = encoded(rgb, "JPEG", quality=90), encoded(rgb, "PNG"), encoded(rgb, "WEBP", lossless=True)
    name, xmp = b"Exif\0\0", b'<x tiff:Orientation="6"/>'

    def with_segments(*segments):
        return jpeg[:2] + b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments) + jpeg[2:]

    six, long = exif(3, b"\6\0\0\0"), exif(4, b"\6\0\0\0", pad=200)
    end = png.rindex(b"\0\0\0\0IEND")
    first = png.index(b"IDAT") - 4
    digits = f"\nexif\n{len(six):8}\n{six.hex()}\n".encode()
    adobe = b"http://ns.adobe.com/xap/1.0/\0"
    made = {
        "turned-long.jpg": with_segments(name + exif(4, b"\0\0\0\6", ">")),
        "turned-float.jpg": with_segments(name + exif(11, struct.pack("<f", 6))),
        "turned-twice-named.jpg": with_segments(name + name + six),
        "turned-split.jpg": with_segments(*[name + long[at:at + 100] for at in range(0, len(long), 100)]),
        "turned-xmp.jpg": with_segments(adobe + b"<tiff:Orientation>6</tiff:Orientation>"),
        "turned-exif-over-xmp.jpg": with_segments(name + exif(3, b"\1\0\0\0"), adobe + xmp),
        "turned-bytes.jpg": with_segments(name + exif(1, b"\6\0\0\0"), adobe + xmp),
        "turned-behind.png": png[:end] + chunk(b"eXIf", six) + png[end:],
        "turned-digits.png": png[:first] + chunk(b"tEXt", b"Raw profile type exif\0" + digits) + png[first:],
        "turned-packed.png": png[:first] + chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(digits)) + png[first:],
        "turned-xmp.png": png[:first] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp) + png[first:],
        "turned-xmp.webp": encoded(rgb, "WEBP", lossless=True, xmp=xmp),
    }
    return made


def main(folder):
    pixels = {}
    for name, data in (bitmaps() | animations() | tiffs() | turned()).items():
        (folder / name).write_bytes(data)
        with Image.open(io.BytesIO(data)) as image:
            pixels[name] = np.asarray(ImageOps.exif_transpose(image).convert("RGB")).copy()
    save_file(pixels, folder / "kinds.safetensors")


main(Path(sys.argv[1]))
