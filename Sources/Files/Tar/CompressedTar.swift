/// A tar that is compressed as a whole: its members lie nowhere in it, so it is unpacked first.
package enum CompressedTar: String, Sendable, Hashable, CaseIterable {
    case gzip, bzip2, xz, zstd, lz4

    /// By the first bytes; nil where they are of none of these.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let starts: [(CompressedTar, [UInt8])] = [
            (.gzip, [0x1F, 0x8B]), (.bzip2, Array("BZh".utf8)), (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
            (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.lz4, [0x04, 0x22, 0x4D, 0x18]),
        ]
        guard let found = starts.first(where: { bytes.starts(with: $0.1) }) else { return nil }
        self = found.0
    }

    /// By how a file's name ends; nil where it ends otherwise.
    package init?(ending name: String) {
        let name = name.lowercased()
        let endings: [(CompressedTar, [String])] = [
            (.gzip, [".tar.gz", ".tgz"]), (.bzip2, [".tar.bz2", ".tbz2", ".tbz"]), (.xz, [".tar.xz", ".txz"]),
            (.zstd, [".tar.zst", ".tzst"]), (.lz4, [".tar.lz4"]),
        ]
        guard let found = endings.first(where: { $0.1.contains(where: name.hasSuffix) }) else { return nil }
        self = found.0
    }

    /// The program that unpacks it, and leaves a tar.
    package var program: String {
        switch self {
        case .gzip: "gunzip"
        case .bzip2: "bunzip2"
        case .xz: "unxz"
        case .zstd: "unzstd"
        case .lz4: "unlz4"
        }
    }
}
