"""A grammar of captions for Fashion-MNIST: names, synonyms, hypernyms, parts, and attributes measured on the image."""
import numpy as np

UPPER = ["clothing", "garment", "apparel", "upper body garment"]
FOOT = ["footwear", "shoe", "shoes", "pair of shoes"]

# Per class: names (singular, plural), hypernyms, parts.
KINDS = [
    dict(names=[("t-shirt", "t-shirts"), ("tee", "tees"), ("top", "tops")], hypernyms=UPPER + ["casual wear", "summer clothing"],
         parts=["short sleeve", "short sleeves", "sleeve", "sleeves", "neckline", "cotton"]),
    dict(names=[("trousers", "trousers"), ("pants", "pants"), ("jeans", "jeans"), ("leggings", "leggings")],
         hypernyms=["clothing", "garment", "apparel", "lower body garment", "legwear"], parts=["leg", "legs", "two legs", "waist", "waistband", "pocket", "pockets"]),
    dict(names=[("pullover", "pullovers"), ("sweater", "sweaters"), ("jumper", "jumpers"), ("sweatshirt", "sweatshirts")],
         hypernyms=UPPER + ["knitwear", "warm clothing", "winter clothing"], parts=["long sleeve", "long sleeves", "sleeve", "sleeves", "wool", "knit"]),
    dict(names=[("dress", "dresses"), ("gown", "gowns")], hypernyms=["clothing", "garment", "apparel", "full body garment", "womenswear"],
         parts=["skirt", "hem", "sleeveless", "long skirt"]),
    dict(names=[("coat", "coats"), ("jacket", "jackets"), ("parka", "parkas")], hypernyms=UPPER + ["outerwear", "warm clothing", "winter clothing"],
         parts=["long sleeve", "long sleeves", "sleeve", "sleeves", "zipper", "front opening", "lapel", "hood"]),
    dict(names=[("sandal", "sandals"), ("flip flop", "flip flops"), ("slipper", "slippers")], hypernyms=FOOT + ["summer footwear", "open footwear"],
         parts=["open toe", "strap", "straps", "thin straps", "heel", "high heel", "sole"]),
    dict(names=[("shirt", "shirts"), ("blouse", "blouses")], hypernyms=UPPER + ["formal wear"],
         parts=["button", "buttons", "collar", "sleeve", "sleeves", "cuff", "cuffs"]),
    dict(names=[("sneaker", "sneakers"), ("trainer", "trainers"), ("running shoe", "running shoes")],
         hypernyms=FOOT + ["sportswear", "athletic shoe", "closed footwear"], parts=["lace", "laces", "low top", "rubber sole", "sole"]),
    dict(names=[("bag", "bags"), ("handbag", "handbags"), ("purse", "purses"), ("tote", "totes")], hypernyms=["accessory", "luggage", "container", "something to carry"],
         parts=["handle", "handles", "strap", "straps", "shoulder strap", "clasp", "leather"]),
    dict(names=[("ankle boot", "ankle boots"), ("boot", "boots"), ("bootie", "booties")], hypernyms=FOOT + ["high top shoe", "closed footwear", "winter footwear"],
         parts=["ankle", "high shaft", "heel", "high heel", "sole", "leather"]),
]

ATTRIBUTES = dict(
    dark=["dark", "black"], light=["light", "bright", "white"], plain=["plain", "smooth"], patterned=["patterned", "textured"],
    striped=["striped", "stripes"], narrow=["narrow", "slim"], wide=["wide", "broad"],
)


def measures(x):
    """Per image of x [N,28,28] uint8: brightness, texture, stripes (row against column gradient), width over height."""
    f = x.astype(np.float32) / 255
    mask = f > 0.08
    area = mask.sum((1, 2)) + 1
    brightness = (f * mask).sum((1, 2)) / area
    across = (np.abs(np.diff(f, axis=2)) * (mask[:, :, 1:] & mask[:, :, :-1])).sum((1, 2))
    down = (np.abs(np.diff(f, axis=1)) * (mask[:, 1:] & mask[:, :-1])).sum((1, 2))
    texture = (across + down) / area / np.maximum(brightness, 0.1)
    extent = lambda axis: mask.any(axis).sum(1)
    return dict(brightness=brightness, texture=texture, stripes=down / (across + 1), shape=extent(1) / (extent(2) + 1))


def attributes(x, y):
    """The attributes each image shows. Brightness is measured over all images; texture, stripes and shape within
    the class, else they would only name a class (most textured images are sandals)."""
    m = measures(x)
    flags = {name: np.zeros(len(x), bool) for name in ATTRIBUTES}
    low, high = np.quantile(m["brightness"], [0.33, 0.67])
    flags["dark"], flags["light"] = m["brightness"] < low, m["brightness"] > high
    for c in range(len(KINDS)):
        of = y == c
        for measure, below, above, q in (("texture", "plain", "patterned", 0.33), ("shape", "narrow", "wide", 0.2), ("stripes", None, "striped", 0.15)):
            lo, hi = np.quantile(m[measure][of], [q, 1 - q])
            if below: flags[below] |= of & (m[measure] < lo)
            flags[above] |= of & (m[measure] > hi)
    return [[name for name in ATTRIBUTES if flags[name][i]] for i in range(len(x))]


def article(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def caption(kind, shown, random):
    """One caption for an image of class `kind` that shows the attributes `shown`."""
    k = KINDS[kind]
    singular, plural = random.choice(k["names"]) if random.random() < 0.6 else k["names"][0]
    name = singular if random.random() < 0.6 else plural
    hypernym, part = random.choice(k["hypernyms"]), random.choice(k["parts"])
    attribute = random.choice(ATTRIBUTES[random.choice(shown)]) if shown else None
    draw = random.random()
    if draw < 0.30: return random.choice([name, name, article(singular), "a photo of " + article(singular)])
    if draw < 0.42: return f"{attribute} {name}" if attribute else name
    if draw < 0.58: return random.choice([hypernym, hypernym, "a kind of " + hypernym])
    if draw < 0.74: return random.choice([part, part, "something with " + part])
    if draw < 0.80: return f"{singular}, {hypernym}"
    if draw < 0.86: return f"{singular} with {part}"
    return random.choice([attribute, attribute, attribute, f"{attribute} {hypernym}"]) if attribute else name


def concepts():
    """The concept set: every word of the grammar and the compounds of a visible attribute with a first name."""
    words = {w for k in KINDS for pair in k["names"] for w in pair}
    words |= {w for k in KINDS for w in k["hypernyms"] + k["parts"]} | {w for ws in ATTRIBUTES.values() for w in ws}
    words |= {f"{a} {k['names'][0][0]}" for a in ("dark", "light", "striped", "patterned") for k in KINDS}
    return sorted(words)
