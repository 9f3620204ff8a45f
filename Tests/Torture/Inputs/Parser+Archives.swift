import Files
import Foundation
import TestSupport
import VisionModels

extension Parser {
    /// Tars of images and labels, metadata beside images, and labelled pixels.
    static func archives() throws -> [Parser] {
        let (one, two) = ([UInt8](SmallPNG.grey([1], width: 1)), [UInt8](SmallPNG.grey([2, 3], width: 2)))
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        let labelled = SmallTar.archive([
            (name: "a/1.png", bytes: one), (name: "a/1.cls", bytes: text("3\n")), (name: "a/1.txt", bytes: text("x")),
            (name: "a/2.png", bytes: two), (name: "a/2.json", bytes: text(#"{"label": 0, "url": "é"}"#)),
        ])
        let long = String(repeating: "long/", count: 40) + "1.png"
        let extended =
            SmallTar.pax([("path", long), ("mtime", "1.5"), ("size", "\(one.count)")])
            + SmallTar.member("1.png", one) + SmallTar.member("././@LongLink", text(long + "2\0"), type: "L")
            + SmallTar.member("cut", two) + SmallTar.member("b/2.png", two)
            + SmallTar.member("b/3.png", [], type: "1", link: "b/2.png")
        let goldens = try ["ustar", "gnu", "pax"].map { try Sample(golden("tars/\($0).tar")) }
        return [
            Parser(
                name: "tar", share: 60,
                samples: [
                    Sample(name: "labelled.tar", bytes: labelled),
                    Sample(name: "extended.tar", bytes: SmallTar.archive([extended])),
                ] + goldens,
                words: [
                    "././@LongLink", "PaxHeaders", "30 path=", "GNU.sparse.", "size=", "00000000010", "../", "1.cls",
                ],
                repair: SmallTar.repairChecksums,
                prepare: { scratch in
                    { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        let url = scratch.file(sample.name)
                        let index = try TarIndex(MappedFile(url))
                        for member in index.members {
                            guard member.bytes.lowerBound >= 512, member.bytes.upperBound <= bytes.count,
                                !member.name.isEmpty, member.name.first != UInt8(ascii: "/")
                            else { throw Fault("a member outside") }
                        }
                        guard let images = try openImages(at: url) as? any NamedImages else { throw Refusal() }
                        try check(images)
                        try check(images.unclassified * 2 > images.count ? images.withoutClasses : images.classified)
                    }
                }),
            Parser(
                name: "metadata", share: 40,
                samples: [
                    Sample("metadata.csv", "file_name,label,text\n1.png,tench,\"a, b\"\n./d/2.png,cock,\n"),
                    Sample(
                        "metadata.jsonl",
                        "{\"file_name\": \"1.png\", \"label\": 3}\n\n{\"file_name\": \"d/2.png\", \"label\": null}\n"),
                ],
                words: ["file_name", "label", "../1.png", "\"label\": 1e9"],
                prepare: { scratch in
                    try FileManager.default.createDirectory(
                        at: scratch.file("d"), withIntermediateDirectories: true)
                    for name in ["1.png", "d/2.png"] { _ = try scratch.write(one, to: name) }
                    return { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        defer { unlink(scratch.file(sample.name).path) }
                        try check(ImageFiles(folder: scratch.url))
                    }
                }),
            try masks(),
        ]
    }

    /// Labelled pixels, in both layouts: one of the files that tell of them is damaged, or one mask.
    private static func masks() throws -> Parser {
        let made = try ScratchFolder()
        let (broden, scenes) = (made.file("broden"), made.file("scenes"))
        try SmallMasks.broden(in: broden)
        try SmallMasks.sceneParsing(in: scenes)
        let damaged = [
            "broden/index.csv", "broden/label.csv", "broden/images/d/mask1.png", "scenes/objectInfo150.txt",
            "scenes/sceneCategories.txt", "scenes/annotations/validation/ADE_val_1.png",
        ]
        return Parser(
            name: "masks", share: 40,
            samples: try damaged.map { Sample(name: $0, bytes: [UInt8](try Data(contentsOf: made.file($0)))) },
            words: ["image,split", "sh,sw", ";d/mask1.png", "65536", ",28,", "\t3\t", "number,name", "../"],
            repair: { bytes in if bytes.starts(with: [0x89, 0x50]) { SmallPNG.repairChecksums(&bytes) } },
            prepare: { scratch in
                try SmallMasks.broden(in: scratch.file("broden"))
                try SmallMasks.sceneParsing(in: scratch.file("scenes"))
                return { sample, bytes in
                    let whole = try Data(contentsOf: scratch.file(sample.name))
                    scratch.replace(sample.name, with: bytes)
                    defer { scratch.replace(sample.name, with: [UInt8](whole)) }
                    let layout = sample.name.prefix { $0 != "/" }
                    try check(openSegmentedImages(at: scratch.file(String(layout))))
                }
            })
    }

    private static func check(_ images: SegmentedImages) throws {
        for index in 0..<images.count {
            let mask = try images.mask(of: index)
            guard mask.layers.allSatisfy({ $0.labels.count == mask.height * mask.width }) else {
                throw Fault("a mask of another size")
            }
            for (category, labels) in mask.layers {
                guard Set(labels).allSatisfy({ $0 == 0 || images.name(of: Int($0), in: category) != nil }) else {
                    throw Fault("a label without a name")
                }
            }
            guard mask.whole.allSatisfy({ images.name(of: $0.label, in: $0.category) != nil }) else {
                throw Fault("a label without a name")
            }
        }
    }

    private static func check(_ images: any NamedImages) throws {
        for index in 0..<images.count {
            guard !images.name(of: index).isEmpty else { throw Fault("no name") }
            _ = try images.digest(of: index)
        }
        guard let labels = images.labels else { return }
        guard labels.count == images.count,
            images.classNames == nil
                ? labels.allSatisfy({ $0 >= 0 })
                : labels.allSatisfy({ images.classNames?.indices.contains($0) == true })
        else { throw Fault("a label without a class") }
    }
}
