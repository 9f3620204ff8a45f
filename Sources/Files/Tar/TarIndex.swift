/// Where the files of a tar archive lie in it: their names, offsets and sizes. Headers alone are read; nothing is unpacked.
///
/// Read are ustar (POSIX.1-1988), pax (POSIX.1-2001) with its long names and sizes, GNU tar's long names and its numbers in
/// base 256, and the format before all of these. Names are taken without `./` before them.
package struct TarIndex: Sendable {
    /// A file in the archive. Folders, devices and links that are symbolic are none.
    package struct Member: Sendable, Hashable {
        /// As bytes, which need not be UTF-8.
        package var name: [UInt8]
        /// Where its header begins.
        package var header: Int
        /// Where its bytes are.
        package var bytes: Range<Int>
    }

    /// In the archive's order.
    package private(set) var members: [Member] = []
    /// Names of symbolic links, and where their headers begin.
    package private(set) var symbolicLinks: [(name: [UInt8], header: Int)] = []
    private let file: MappedFile

    /// - Throws: `malformedTar` where the archive is damaged, cut short, compressed, or holds what is not read here: sparse
    ///   files, parts of several volumes, names that lead out of it.
    package init(_ file: MappedFile) throws(FileError) {
        self.file = file
        if let kind = CompressedTar(file.bytes) { throw .compressedTar(file: file.path, kind) }
        var hardLinks: [(name: [UInt8], target: [UInt8], header: Int)] = []
        var next = Extensions()
        var place = 0
        while true {
            guard file.count - place >= TarHeader.size else {
                throw fault(place, "the archive's end, a block of zeros", "the end of the file: it is cut short")
            }
            guard let header = try header(at: place) else { break }
            let start = place + TarHeader.size
            let kind = header.kind
            // A link has no bytes, whatever size it claims.
            let size = kind.hasContents ? next.size ?? header.size : 0
            guard size <= file.count - start else {
                throw fault(
                    place, "\(size) bytes", "\(file.count - start): the archive is cut short",
                    in: next.name ?? header.name)
            }
            let contents = start..<start + size
            if kind.isExtension {
                try next.take(kind, contents, of: self, header: place)
            } else {
                let name = try checked(next.name ?? header.name, header: place, isFolder: kind == .folder)
                if next.isSparse || kind == .sparse {
                    throw fault(place, "a whole file", "a sparse one; pack it without --sparse", in: name)
                }
                switch kind {
                case .file: members.append(Member(name: name, header: place, bytes: contents))
                case .hardLink:
                    let target = try checked(next.link ?? header.link, header: place, isFolder: false)
                    hardLinks.append((name, target, place))
                case .symbolicLink: symbolicLinks.append((name, place))
                case .folder, .device: break
                default:
                    throw fault(place, "a file, folder or link", "a member of type \"\(header.typeText)\"", in: name)
                }
                next = Extensions()
            }
            place = min(file.count, start + (size + TarHeader.size - 1) / TarHeader.size * TarHeader.size)
        }
        try nothingFollows(place)
        try resolve(hardLinks)
    }

    func fault(_ byte: Int, _ expected: String, _ found: String, in member: [UInt8] = []) -> FileError {
        .malformedTar(
            file: file.path, byte: byte, member: String(decoding: member, as: UTF8.self), expected: expected,
            found: found)
    }

    func contents(_ range: Range<Int>) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        bytes.withUnsafeMutableBytes { target in
            guard let start = target.baseAddress else { return }
            // Not through the mapping: that would read a megabyte around every header.
            file.read(UnsafeRawBufferPointer(rebasing: file.bytes[range]), into: start)
        }
        return bytes
    }

    /// Nil where the archive ends.
    private func header(at place: Int) throws(FileError) -> TarHeader? {
        let block = contents(place..<place + TarHeader.size)
        guard block.contains(where: { $0 != 0 }) else { return nil }
        guard TarHeader.isSound(block) else {
            throw fault(place, "a header with its checksum", place == 0 ? "none: not a tar" : "none: it is damaged")
        }
        do {
            return try TarHeader(block)
        } catch {
            throw fault(place, "\(error.field) as a number from 0", "\"\(error.found)\"")
        }
    }

    /// A name that stays in the archive.
    private func checked(_ name: [UInt8], header: Int, isFolder: Bool) throws(FileError) -> [UInt8] {
        var name = name[...]
        let dot = UInt8(ascii: "."), slash = UInt8(ascii: "/")
        while name.starts(with: [dot, slash]) { name = name.dropFirst(2).drop { $0 == slash } }
        if isFolder { return Array(name) }
        let parts = name.split(separator: slash, omittingEmptySubsequences: false)
        let isWithin =
            !name.isEmpty && name.first != slash && !name.contains(0) && name.count < 4096
            && !parts.contains { $0.elementsEqual([dot, dot]) || $0.isEmpty }
        guard isWithin else {
            throw fault(
                header, "a file's name within the archive",
                name.isEmpty ? "none" : "\"\(String(decoding: name.prefix(200), as: UTF8.self))\"")
        }
        return Array(name)
    }

    /// What follows the end is another archive that was joined to it, or damage; tar itself would pass over both.
    private func nothingFollows(_ end: Int) throws(FileError) {
        var place = end
        let piece = 1 << 16
        while place < file.count {
            let bytes = contents(place..<min(file.count, place + piece))
            if let more = bytes.firstIndex(where: { $0 != 0 }) {
                throw fault(
                    place + more, "nothing behind the archive's end at byte \(end)",
                    "more: a second archive joined to it, or damage")
            }
            place += bytes.count
        }
    }

    /// A hard link is the file of that name before it.
    private mutating func resolve(_ links: [(name: [UInt8], target: [UInt8], header: Int)]) throws(FileError) {
        guard !links.isEmpty else { return }
        var known: [[UInt8]: Range<Int>] = [:]
        for member in members { known[member.name] = member.bytes }
        for link in links {
            guard let bytes = known[link.target] else {
                let target = String(decoding: link.target, as: UTF8.self)
                throw fault(link.header, "the file it is a link to, \"\(target)\"", "none of that name", in: link.name)
            }
            known[link.name] = bytes
            members.append(Member(name: link.name, header: link.header, bytes: bytes))
        }
        members.sort { $0.header < $1.header }
    }

    /// What stands before a header of the member that follows.
    private struct Extensions {
        var name: [UInt8]?
        var link: [UInt8]?
        var size: Int?
        var isSparse = false

        mutating func take(
            _ kind: TarHeader.Kind, _ range: Range<Int>, of index: TarIndex, header: Int
        ) throws(FileError) {
            guard range.count <= 1 << 20 else {
                throw index.fault(header, "at most a megabyte of long names and the like", "\(range.count) bytes")
            }
            let bytes = index.contents(range)
            switch kind {
            case .longName: name = Array(bytes.prefix { $0 != 0 })
            case .longLink: link = Array(bytes.prefix { $0 != 0 })
            case .pax:
                for (key, value) in try PaxRecords.read(bytes, at: range.lowerBound, of: index) {
                    switch key {
                    case "path": name = value
                    case "linkpath": link = value
                    case "size":
                        guard let number = Int(String(decoding: value, as: UTF8.self)), number >= 0 else {
                            throw index.fault(
                                range.lowerBound, "a size from 0",
                                "\"\(String(decoding: value.prefix(40), as: UTF8.self))\"")
                        }
                        size = number
                    default: if key.hasPrefix("GNU.sparse.") { isSparse = true }
                    }
                }
            default: break
            }
        }
    }
}
