import Digests
import Files
import Foundation
import Synchronization

extension ImageArchives {
    /// One archive.
    init(_ url: URL) throws(VisionModelsError) {
        let url = url.standardizedFileURL
        let folder = url.deletingLastPathComponent().path
        try self.init([url.path], name: url.deletingPathExtension().lastPathComponent, in: folder, of: url)
    }

    /// The archives in a folder, by name; nil where it has none.
    ///
    /// - Throws: `compressedTar` where one is compressed.
    init?(folder url: URL) throws(VisionModelsError) {
        let url = url.standardizedFileURL
        let entries = try FolderEntry.entries(of: [UInt8](ofPath: url.path)).filter { !$0.isFolder }
        let names = entries.map { String(path: $0.name) }
        for name in names {
            guard let kind = CompressedTar(ending: name) else { continue }
            throw .file(.compressedTar(file: url.path + "/" + name, kind))
        }
        let archives = zip(entries, names).filter { $0.0.ending == "tar" }.map { url.path + "/" + $0.1 }
        guard !archives.isEmpty else { return nil }
        try self.init(archives, name: url.lastPathComponent, in: url.path, of: url)
    }

    /// The archives that a name with braces stands for, `train-{000..146}.tar`, in that order; nil where it has none.
    init?(braces url: URL) throws(VisionModelsError) {
        guard let names = BraceRange.names(url.path) else { return nil }
        let paths = names.map { URL(filePath: $0).standardizedFileURL.path }
        var root = URL(filePath: paths[0]).deletingLastPathComponent().path
        while root != "/", !paths.allSatisfy({ $0.hasPrefix(root + "/") }) {
            root = URL(filePath: root).deletingLastPathComponent().path
        }
        let name = String(url.lastPathComponent.prefix { $0 != "{" }.reversed().drop { "-_.".contains($0) }.reversed())
        try self.init(paths, name: name.isEmpty ? url.lastPathComponent : name, in: root == "/" ? "" : root, of: url)
    }
}

/// Images in archives that are found again by their names: `…/train-003.tar/0001.jpg`.
package final class OpenArchives: Sendable {
    private let known = Mutex<[String: (file: MappedFile, index: TarIndex)]>([:])

    package init() {}

    /// A picture at a path that may lead into an archive; nil where its bytes have another digest.
    package func image(at url: URL, ofDigest digest: Digest) throws(VisionModelsError) -> RawImage? {
        do {
            return try RawImage(url, ofDigest: digest)
        } catch {
            // A file stands where a folder would.
            guard case .file(.unreadable(_, ENOTDIR)) = error else { throw error }
            let found = try withMember(url.path) { bytes throws(VisionModelsError) -> RawImage? in
                guard Digest(of: bytes) == digest else { return nil }
                do throws(ImageFault) {
                    return try RawImage(decoding: bytes)
                } catch {
                    throw .malformedImage(file: url.path, error)
                }
            }
            guard let found else { throw error }
            return found
        }
    }

    /// The bytes of a picture in an archive that begins the path; nil where nothing is there.
    ///
    /// An archive's headers are read when it is first asked for.
    func withMember<Result>(
        _ path: String, _ body: (UnsafeRawBufferPointer) throws(VisionModelsError) -> Result
    ) throws(VisionModelsError) -> Result? {
        guard let (archive, name) = Self.parts(path), let (file, index) = try open(archive) else { return nil }
        let bytes = Array(name.utf8)
        let member =
            index.members.first { $0.name == bytes } ?? index.members.first { String(path: $0.name) == name }
        guard let member else { return nil }
        return try file.withMember(member.bytes, body)
    }

    private func open(_ path: String) throws(VisionModelsError) -> (file: MappedFile, index: TarIndex)? {
        if let open = known.withLock({ $0[path] }) { return open }
        let opened = try readingFiles { () throws(FileError) in
            let file = try MappedFile(URL(filePath: path))
            return (file, try TarIndex(file))
        }
        known.withLock { $0[path] = opened }
        return opened
    }

    /// The file that a path goes through as though it were a folder, and the rest.
    private static func parts(_ path: String) -> (archive: String, member: String)? {
        var end = path.startIndex
        while let slash = path[end...].dropFirst().firstIndex(of: "/") {
            var status = stat()
            let start = String(path[..<slash])
            guard stat(start, &status) == 0 else { return nil }
            if status.st_mode & S_IFMT == S_IFREG { return (start, String(path[path.index(after: slash)...])) }
            end = slash
        }
        return nil
    }
}
