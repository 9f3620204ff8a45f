import Files
import Foundation

/// The images of one tar, and what it says of their classes.
struct TarSamples {
    struct Image {
        var name: [UInt8]
        var bytes: Range<Int>
        /// From its `.cls` or `.json`; nil where there is none.
        var label: String?
    }

    private(set) var images: [Image] = []
    /// Pictures of kinds that are not read, by ending.
    private(set) var passedOver: [String: Int] = [:]
    private let file: MappedFile

    /// Members of one name but for what follows its first dot are a sample (WebDataset): `0001.jpg` is its image, `0001.cls`
    /// its class, or `label` of `0001.json`. What else it has is passed over. In an archive that has no labels every picture
    /// is an image of its own, as in a folder.
    ///
    /// - Throws: `malformedTar`: two members of one name, two images of one labelled sample, a label that is none.
    init(_ file: MappedFile) throws(VisionModelsError) {
        self.file = file
        let index = try readingFiles { () throws(FileError) in try TarIndex(file) }
        func fault(_ member: TarIndex.Member, _ expected: String, _ found: String) -> VisionModelsError {
            .file(
                .malformedTar(
                    file: file.path, byte: member.header, member: String(path: member.name), expected: expected,
                    found: found))
        }
        var seen: [[UInt8]: Int] = [:]
        var labels: [[UInt8]: TarIndex.Member] = [:]
        var pictures: [(member: TarIndex.Member, name: SampleName)] = []
        for member in index.members {
            guard let name = SampleName(member.name) else { continue }
            let isPicture = ImageFormat.fileExtensions.contains(name.ending)
            guard isPicture || name.isLabel else {
                if ImageFormat.otherExtensions.contains(name.ending) { passedOver[name.ending, default: 0] += 1 }
                continue
            }
            if let earlier = seen.updateValue(member.header, forKey: member.name) {
                throw fault(member, "every name once", "the name of the member at byte \(earlier) again")
            }
            if isPicture { pictures.append((member, name)) }
            // A class counts before what else is known of a sample.
            if name.isLabel, name.ending == "cls" || labels[name.key] == nil { labels[name.key] = member }
        }
        for link in index.symbolicLinks {
            guard let name = SampleName(link.name), ImageFormat.fileExtensions.contains(name.ending) else { continue }
            throw .file(
                .malformedTar(
                    file: file.path, byte: link.header, member: String(path: link.name),
                    expected: "a picture", found: "a symbolic link to one; pack it with --dereference"))
        }
        // `0001.seg.png` belongs to `0001.jpg`; without it, it is a picture whose name has a dot.
        let plain = Set(pictures.lazy.filter { !$0.name.isCompound }.map(\.name.key))
        var imageOfKey: [[UInt8]: Int] = [:]
        for (member, name) in pictures where !name.isCompound || !plain.contains(name.key) {
            let label = try labels[name.key].map { member throws(VisionModelsError) in try text(of: member, fault) }
            if !labels.isEmpty, let earlier = imageOfKey.updateValue(member.header, forKey: name.key) {
                throw fault(member, "one image of each sample", "a second one; the first is at byte \(earlier)")
            }
            images.append(Image(name: member.name, bytes: member.bytes, label: label ?? nil))
        }
    }

    /// The label that a member says; nil where it says none, as the JSON of a caption does.
    private func text(
        of member: TarIndex.Member, _ fault: (TarIndex.Member, String, String) -> VisionModelsError
    ) throws(VisionModelsError) -> String? {
        let isClass = member.name.suffix(4).map { $0 | 0x20 }.elementsEqual(".cls".utf8)
        guard member.bytes.count <= 1 << 20 else {
            throw fault(member, "at most a megabyte", "\(member.bytes.count) bytes")
        }
        return try file.withBytes { bytes throws(VisionModelsError) in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[member.bytes])
            if isClass {
                let text = String(validating: bytes, as: UTF8.self)?.trimmingCharacters(in: .whitespacesAndNewlines)
                guard let text, !text.isEmpty, text.utf8.count <= 1024, !text.utf8.contains(where: { $0 < 32 }) else {
                    throw fault(member, "a class: a number or a name", bytes.isEmpty ? "nothing" : "other bytes")
                }
                return text
            }
            let value: JSON
            do throws(JSON.SyntaxError) {
                value = try JSON(parsing: bytes)
            } catch {
                throw fault(
                    member, "\(error.expected) on line \(error.line), byte \(error.byte) of its JSON", "another")
            }
            guard case .object(let members) = value, let label = members["label"], label != .null else { return nil }
            guard let text = label.label else {
                throw fault(member, "a number or a name as `label`", label.summary)
            }
            return text
        }
    }
}

/// A member's name, taken apart as WebDataset does it.
private struct SampleName {
    /// Up to the first dot of the last part.
    let key: [UInt8]
    /// Behind the last dot, in lower case.
    let ending: String
    /// Whether there is more than one dot.
    let isCompound: Bool

    var isLabel: Bool { !isCompound && (ending == "cls" || ending == "json") }

    /// Nil where the name begins with a dot, or has none.
    init?(_ name: [UInt8]) {
        let slash = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        let dot = UInt8(ascii: ".")
        guard let first = name[slash...].firstIndex(of: dot), first > slash,
            let last = name[slash...].lastIndex(of: dot)
        else { return nil }
        key = Array(name[..<first])
        ending = String(decoding: name[(last + 1)...], as: UTF8.self).lowercased()
        isCompound = first != last
    }
}
