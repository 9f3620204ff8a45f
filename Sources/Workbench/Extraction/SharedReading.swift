import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// What the tasks of one extraction find in the image files, written down for each other: every task must know of every file
/// whether it can be read, and many tasks then read each file about once between them.
///
/// None waits for another and none holds a lock. Each begins with a part of its own, then does what of the rest nobody has
/// done, in an order of its own; that two do the same page costs time and nothing else.
package struct SharedReading: Sendable {
    private let folder: URL
    private let share: Shard
    private let work: Work

    /// - Parameter work: where to report, and how to learn that it should stop.
    package init(under root: ShareRoot, _ share: Shard, _ work: Work) {
        folder = root.shares.appending(path: "images")
        (self.share, self.work) = (share, work)
    }

    /// A file as the task that read it found it.
    struct Found: Codable, Sendable {
        /// By these a file that changed since is told.
        var size: Int64
        var modified: Int64
        var digest: Digest
        /// Whether it is a picture that can be decoded.
        var isReadable: Bool

        enum CodingKeys: String, CodingKey { case size, modified, digest, isReadable }
    }

    /// Makes sure that every page of `files` was read by somebody.
    ///
    /// - Parameter keep: takes the digests of files as they are on this machine, page by page.
    func read(_ files: ImageFiles, keep: ([FileStamp: Digest]) throws -> Void) throws {
        let pages = SharedPages(files, in: folder)
        let own = pages.count * (share.index - 1) / share.count..<pages.count * share.index / share.count
        let meter = RateMeter(.reading, from: 0, to: files.count)
        let others = (0..<pages.count).filter { !own.contains($0) }.shuffled()
        for (done, page) in (Array(own) + others).enumerated() {
            try work.advance(meter.progress(done * SharedPages.size))
            if !pages.isThere(page) { try pages.examine(page) }
        }
        for page in 0..<pages.count {
            try work.check()
            let found = try pages.found(page)
            try keep(
                Dictionary(
                    found.compactMap { file in file.map { ($0.stamp, $0.found.digest) } },
                    uniquingKeysWith: { _, last in last }))
        }
    }

    /// The pages of files that were read.
    func pages(of files: ImageFiles) -> SharedPages { SharedPages(files, in: folder) }
}

/// The files of a set, by pages, with what was found in them; nothing of it is held.
struct SharedPages {
    static let size = 1024
    let files: ImageFiles
    private let folder: URL
    /// Of the files' names.
    private let key: Digest

    init(_ files: ImageFiles, in folder: URL) {
        (self.files, self.folder) = (files, folder)
        key = Digest(combining: (0..<files.count).lazy.map { files.name(of: $0) })
    }

    var count: Int { (files.count + Self.size - 1) / Self.size }

    private func url(_ page: Int) -> URL { folder.appending(path: "\(key)-\(page).json") }

    func isThere(_ page: Int) -> Bool { FileManager.default.fileExists(atPath: url(page).path) }

    /// The files of a page as they are now on this machine, with what is known of each; nil where it changed since, or cannot
    /// be read at all.
    func found(_ page: Int) throws -> [(stamp: FileStamp, found: SharedReading.Found)?] {
        let range = range(page)
        var kept: [SharedReading.Found?]?
        if let bytes = try? WholeFile.bytes(of: url(page)) {
            kept = try? JSONDecoder().decode([SharedReading.Found?].self, from: Data(bytes))
        }
        if kept?.count != range.count { kept = try examine(page) }
        let known = kept ?? []
        return parallelMap(range.count) { place in
            guard let found = known[place], let stamp = FileStamp(path: files.path(of: range.lowerBound + place)),
                stamp.size == found.size, stamp.modified == found.modified
            else { return nil }
            return (stamp, found)
        }
    }

    private func range(_ page: Int) -> Range<Int> { page * Self.size..<min(files.count, (page + 1) * Self.size) }

    /// Reads a page's files and writes down what they are. What changed a moment ago is not believed.
    @discardableResult
    func examine(_ page: Int) throws -> [SharedReading.Found?] {
        let range = range(page)
        let found = parallelMap(range.count) { place -> SharedReading.Found? in
            let index = range.lowerBound + place
            guard let stamp = FileStamp(path: files.path(of: index)), stamp.isSettled,
                let digest = try? files.digest(of: index)
            else { return nil }
            let isReadable = (try? files.image(index)) != nil
            return SharedReading.Found(
                size: stamp.size, modified: stamp.modified, digest: digest, isReadable: isReadable)
        }
        let draft = folder.appending(path: "\(UUID().uuidString).draft")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try WholeFile.write([UInt8](JSONEncoder().encode(found)), to: draft)
            guard rename(draft.path, url(page).path) == 0 else {
                throw FileError.unwritable(file: url(page).path, code: errno)
            }
        } catch {
            throw FileError(unwritable: url(page).path, because: error)
        }
        return found
    }
}
