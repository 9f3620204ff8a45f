import Digests
import Files
import Foundation
import LinearAlgebra

/// Images in files of their own, JPEG, PNG or WebP, decoded when they are asked for.
///
/// A file that cannot be read or decoded throws from `image(_:)`, and only there: one bad picture stops nothing else.
public struct ImageFiles: ImageSource {
    public let name: String
    private let paths: PathList
    /// Indices into `classNames`, or into a model's classes once `relabelled`.
    public private(set) var labels: [Int]?
    /// The names of the class folders, or of the classes of a list, in order; nil where images have no class.
    public let classNames: [String]?
    /// Class folders without an image in them.
    public let emptyClasses: [String]
    /// Where names are relative to.
    public let root: String

    public var count: Int { paths.count }

    /// The images below a folder. Where its subfolders hold images, each subfolder is a class; otherwise the images lie in
    /// the folder itself and have none.
    ///
    /// Classes and files come in the order of torchvision's ImageFolder: by code points, class after class. Files of other
    /// kinds and names that begin with a dot are passed over.
    public init(folder: URL) throws(VisionModelsError) {
        let names = try Self.entries(of: folder)
        let byClass = names.map { (name: $0, folder: folder.appending(path: $0)) }.filter {
            Self.isDirectory($0.folder)
        }
        .map { (name: $0.name, images: Self.images(below: $0.folder)) }
        name = folder.standardizedFileURL.lastPathComponent
        root = folder.standardizedFileURL.path
        if byClass.contains(where: { !$0.images.isEmpty }) {
            paths = PathList(byClass.lazy.flatMap(\.images), in: root)
            labels = byClass.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.images.count) }
            classNames = byClass.map(\.name)
            emptyClasses = byClass.filter(\.images.isEmpty).map(\.name)
        } else {
            let base = folder.path
            paths = PathList(names.lazy.filter(Self.isImage).map { base + "/" + $0 }, in: base)
            labels = nil
            classNames = nil
            emptyClasses = []
        }
        guard paths.count > 0 else { throw .noImages(path: folder.path) }
    }

    /// The images that a text file names: a path on each line, relative to the list's folder, and behind a tab its class,
    /// on every line or on none. Blank lines and lines that begin with # are skipped.
    public init(list: URL) throws(VisionModelsError) {
        let lines = try readingFiles { () throws(FileError) in try TextList(list).entries }
        let folder = list.deletingLastPathComponent()
        var files: [String] = []
        var classes: [String] = []
        for line in lines {
            let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false)
            let path = fields[0].trimmingCharacters(in: .whitespaces)
            guard fields.count <= 2, !path.isEmpty, !path.utf8.contains(0), path.utf8.count < 4096 else {
                throw .malformedFileList(
                    file: list.path, line: line.line, expected: "a path, or a path, a tab and a class")
            }
            if fields.count == 2 { classes.append(fields[1].trimmingCharacters(in: .whitespaces)) }
            files.append(path)
            guard classes.isEmpty || classes.count == files.count else {
                throw .malformedFileList(
                    file: list.path, line: line.line, expected: "a class on every line or on none")
            }
        }
        let names = Set(classes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        name = list.deletingPathExtension().lastPathComponent
        root = folder.standardizedFileURL.path
        paths = PathList(files, in: folder.path)
        labels = classes.isEmpty ? nil : classes.compactMap { places[$0] }
        classNames = classes.isEmpty ? nil : names
        emptyClasses = []
    }

    /// Some files, in this order, without classes.
    public init(files: [URL], name: String? = nil) {
        paths = PathList(files.map(\.relativePath))
        self.name = name ?? files.first?.lastPathComponent ?? "images"
        labels = nil
        classNames = nil
        emptyClasses = []
        root = ""
    }

    /// The same images with `classes[label]` for each label: the model's classes in place of the folders'.
    ///
    /// - Precondition: one class for each of `classNames`.
    public func relabelled(_ classes: [Int]) -> ImageFiles {
        precondition(classes.count == classNames?.count, "\(classes.count) classes for \(classNames?.count ?? 0) names")
        var copy = self
        copy.labels = labels?.map { classes[$0] }
        return copy
    }

    /// The file's path, relative to the folder or list where it lies below it; as it was given where there is neither.
    public func name(of index: Int) -> String {
        guard !root.isEmpty else { return paths[index] }
        let path = file(index).standardizedFileURL.path
        return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }

    private func file(_ index: Int) -> URL { URL(filePath: paths[index], directoryHint: .notDirectory) }

    public func image(_ index: Int) throws(VisionModelsError) -> RawImage { try RawImage(contentsOf: file(index)) }

    /// Of the file's bytes, so that a damaged file has one too.
    public func digest(of index: Int) throws(VisionModelsError) -> Digest {
        try readingFiles { () throws(FileError) in try MappedFile(file(index)).withBytes { Digest(of: $0) } }
    }

    /// Names in the order of their bytes, without those that begin with a dot.
    private static func entries(of folder: URL) throws(VisionModelsError) -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            let code = FileManager.default.fileExists(atPath: folder.path) ? EACCES : ENOENT
            throw .unreadable(file: folder.path, code: code)
        }
        return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isDirectory(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    private static func isImage(_ name: String) -> Bool {
        name.lastIndex(of: ".").map { ImageFormat.fileExtensions.contains(name[name.index(after: $0)...].lowercased()) }
            ?? false
    }

    /// At any depth: folder after folder in the order of their paths, links to folders not followed.
    private static func images(below folder: URL) -> [String] {
        let folder = folder.resolvingSymlinksInPath()
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        let images = paths.map { path in (path: path, parts: path.split(separator: "/")) }
            .filter { entry in !entry.parts.contains { $0.hasPrefix(".") } && isImage(entry.path) }
            .map { (folder: $0.parts.dropLast().joined(separator: "/"), path: $0.path) }
            .sorted { first, second in
                first.folder == second.folder
                    ? first.path.utf8.lexicographicallyPrecedes(second.path.utf8)
                    : first.folder.utf8.lexicographicallyPrecedes(second.folder.utf8)
            }
        return images.map { folder.path + "/" + $0.path }
    }
}

/// The images at a path, whatever they are: a folder (of class folders or of images), an IDX file, an image, or a text file
/// that lists images.
///
/// - Parameter labels: the labels of an IDX file; by default what its name implies (`images-idx3` -> `labels-idx1`).
public func openImages(at url: URL, labels: URL? = nil) throws(VisionModelsError) -> any ImageSource {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
        throw .unreadable(file: url.path, code: ENOENT)
    }
    if isDirectory.boolValue { return try ImageFiles(folder: url) }
    let start = try readingFiles { () throws(FileError) in try MappedFile(url).withBytes { Array($0.prefix(12)) } }
    let format = start.withUnsafeBytes { ImageFormat($0) }
    if format != nil || ImageFormat.fileExtensions.contains(url.pathExtension.lowercased()) {
        return ImageFiles(files: [url])
    }
    let isIDX = start.starts(with: [0x1F, 0x8B]) || start.starts(with: [0, 0]) || url.path.contains("idx")
    return isIDX
        ? try IDXImages(images: url, labels: labels ?? IDXImages.labels(beside: url)) : try ImageFiles(list: url)
}

extension IDXImages {
    /// The labels file beside an images file; nil where there is none.
    public static func labels(beside images: URL) -> URL? {
        let name = images.lastPathComponent.replacingOccurrences(of: "images-idx3", with: "labels-idx1")
        let labels = images.deletingLastPathComponent().appending(path: name)
        return name != images.lastPathComponent && FileManager.default.fileExists(atPath: labels.path) ? labels : nil
    }
}

extension ImageFiles {
    /// Of every file's content, read on all cores, and of the labels. A file that cannot be read has the digest of its name and
    /// error, so that the images are others once it can. A few thousand files are dealt with at a time, so that a million
    /// take no more memory.
    ///
    /// - Parameters:
    ///   - known: files whose digests are known: these are not read.
    ///   - keep: takes what was read now, for another time.
    public func contentDigest(
        known: [FileStamp: Digest] = [:], keep: ([FileStamp: Digest]) throws -> Void = { _ in }
    ) throws -> Digest {
        let size = 4096
        var read: [FileStamp: Digest] = [:]
        let pieces = (count + size - 1) / size
        let texts = (0..<(labels == nil ? pieces : 2 * pieces)).lazy.map { piece -> [String] in
            let range = piece % pieces * size..<min(count, (piece % pieces + 1) * size)
            guard piece < pieces else { return labels![range].map(String.init) }
            let contents = contents(range, known: known)
            for case let (stamp?, digest) in contents { read[stamp] = digest }
            return contents.map(\.digest.description)
        }
        let digest = Digest(combining: texts.joined())
        if !read.isEmpty { try keep(read) }
        return digest
    }

    /// Digests, and the stamps of files that were read and may be believed another time.
    private func contents(_ range: Range<Int>, known: [FileStamp: Digest]) -> [(stamp: FileStamp?, digest: Digest)] {
        parallelMap(range.count) { place in
            let index = range.lowerBound + place
            // Taken before the bytes are read: a change in between shows the next time.
            let stamp = FileStamp(path: paths[index])
            if let stamp, let digest = known[stamp] { return (nil, digest) }
            guard let digest = try? digest(of: index) else { return (nil, Digest("unreadable", name(of: index))) }
            return (stamp?.isSettled == true ? stamp : nil, digest)
        }
    }
}
