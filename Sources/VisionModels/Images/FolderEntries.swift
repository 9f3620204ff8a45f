import Files
import Foundation

/// What lies in a folder, by the bytes of its names, which need not be UTF-8.
struct FolderEntry: Sendable {
    let name: [UInt8]
    /// Links are what they lead to.
    let isFolder: Bool
    /// Whether it is a link itself.
    let isLink: Bool

    /// Without names that begin with a dot, and the folders that other programs leave beside pictures; in the order of bytes.
    ///
    /// - Throws: `unreadable`.
    static func entries(of folder: [UInt8]) throws(VisionModelsError) -> [FolderEntry] {
        guard let stream = folder.withPath({ opendir($0) }) else {
            throw .file(.unreadable(file: String(path: folder), code: errno))
        }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            guard name.first != UInt8(ascii: "."), !litter.contains(name) else { continue }
            let path = folder + [UInt8(ascii: "/")] + name
            let isLink = Int32(entry.pointee.d_type) == Int32(DT_LNK)
            let isKnown = [Int32(DT_REG), Int32(DT_DIR)].contains(Int32(entry.pointee.d_type))
            var isFolder = Int32(entry.pointee.d_type) == Int32(DT_DIR)
            if !isKnown {
                var status = stat()
                guard path.withPath({ stat($0, &status) }) == 0 else { continue }
                isFolder = status.st_mode & S_IFMT == S_IFDIR
            }
            entries.append(FolderEntry(name: name, isFolder: isFolder, isLink: isLink))
        }
        return entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Synology's, macOS's, Windows' and QNAP's.
    private static let litter = Set(
        [
            "@eaDir", "__MACOSX", "$RECYCLE.BIN", "System Volume Information", "@Recycle", "#recycle", "Thumbs.db",
            "desktop.ini",
        ]
        .map { Array($0.utf8) })

    /// What stands after the last dot, in lower case; empty where there is none.
    var ending: String {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    }
}

extension [UInt8] {
    /// The bytes of a path as `String(path:)` shows it: where no file has that name, `\xE9` stands for a byte.
    init(ofPath text: String) {
        self = Array(text.utf8)
        guard text.contains("\\x"), withPath({ access($0, F_OK) }) != 0 else { return }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let first = rest.first {
            let code = rest.dropFirst(2).prefix(2)
            if rest.starts(with: "\\x".utf8), code.count == 2, let byte = UInt8(String(code) ?? "", radix: 16),
                byte >= 0x80
            {
                bytes.append(byte)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        if bytes.withPath({ access($0, F_OK) }) == 0 { self = bytes }
    }
}

extension String {
    /// A path for people: bytes that are not UTF-8 as `\xE9`.
    package init(path bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var text = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1 }
            if let length, length <= rest.count {
                text += String(decoding: rest.prefix(length), as: UTF8.self)
                rest = rest.dropFirst(length)
            } else {
                text += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16, uppercase: true)
                rest = rest.dropFirst()
            }
        }
        self = text
    }
}
