import Foundation
import TestSupport
import VisionModels

extension Parser {
    /// A picture of each format is decoded, twice where it costs little: what is read of memory that nobody wrote is not
    /// the same twice.
    static func pictures() throws -> [Parser] {
        let kinds: [(name: String, share: Int, endings: Set<String>)] = [
            ("JPEG", 60, ["jpg"]), ("PNG", 60, ["png"]), ("WebP", 60, ["webp"]), ("GIF", 40, ["gif"]),
            ("BMP", 60, ["bmp"]), ("TIFF", 60, ["tif"]),
        ]
        let files = try FileManager.default.contentsOfDirectory(at: golden("images"), includingPropertiesForKeys: nil)
        return try kinds.map { name, share, endings in
            let samples = try files.filter { endings.contains($0.pathExtension) }
                .sorted { $0.path < $1.path }.map { try Sample($0) }
            return Parser(
                name: name, share: share, samples: samples, repair: name == "PNG" ? SmallPNG.repairChecksums : nil,
                prepare: { _ in
                    { _, bytes in
                        let picture = try decoded(bytes)
                        guard picture.shape.count < 1 << 20 else { return }
                        guard try decoded(bytes) == picture else { throw Fault("another picture the second time") }
                    }
                })
        }
    }

    private static func decoded(_ bytes: [UInt8]) throws -> RawImage {
        let picture = try bytes.withUnsafeBytes { bytes throws(ImageFault) in try RawImage(decoding: bytes) }
        guard picture.bytes.count == picture.shape.count,
            picture.shape.height * picture.shape.width <= RawImage.mostPixels
        else { throw Fault("\(picture.bytes.count) bytes for \(picture.shape)") }
        return picture
    }

    /// IDX files, and lists of images.
    static func imageSets() throws -> [Parser] {
        let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 6] + (0..<120).map { UInt8($0) }
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 2, 1, 0]
        let packed = try Sample(Samples.folder.appending(path: "fashion-mnist/t10k-labels-idx1-ubyte.gz"))
        return [
            Parser(
                name: "IDX", share: 40,
                samples: [Sample(name: "images", bytes: images), Sample(name: "labels", bytes: labels), packed],
                refused: [packed.name],
                prepare: { scratch in
                    scratch.replace("images", with: images)
                    return { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        let file = scratch.file(sample.name)
                        defer { scratch.replace("images", with: images) }
                        // The packed labels are those of other images: whole, they are refused as too many.
                        let set = try IDXImages(
                            images: scratch.file("images"), labels: sample.name == "images" ? nil : file)
                        for index in [0, set.count - 1] { _ = set.image(index) }
                        guard set.labels?.count ?? set.count == set.count else { throw Fault("labels do not fit") }
                    }
                }),
            Parser(
                name: "image lists", share: 40,
                samples: [
                    Sample("a.txt", "one.png\ttench\n# two\n../three four.jpg\ttench, Tinca tinca\nå/五.webp\tshark\n"),
                    Sample("b.txt", "/absolute/one.png\ntwo.png\r\nthree.gif\n"),
                    Sample("c.txt", "[\"one.png\", 'two.png']"),
                ],
                prepare: { scratch in
                    { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        let set = try ImageFiles(list: scratch.file(sample.name))
                        for index in 0..<set.count { _ = set.name(of: index) }
                        if let labels = set.labels, !labels.allSatisfy({ set.classNames?.indices.contains($0) == true })
                        {
                            throw Fault("a label without a class")
                        }
                    }
                }),
        ]
    }
}
