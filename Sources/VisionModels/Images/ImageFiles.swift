import Digests
import Files
import Foundation
import LinearAlgebra

/// Images in files of their own, of any format that is read, decoded when they are asked for.
///
/// A file that cannot be read or decoded throws from `image(_:)`, and only there: one bad picture stops nothing else.
package struct ImageFiles: ImageSource {
    package let name: String
    private var paths: PathList
    /// The class of each image from `unclassified` on; nil where images have none.
    private var classOfImage: [Int]?
    /// The names of the class folders, or of the classes of a list, in order; nil where images have no class.
    package private(set) var classNames: [String]?
    /// Class folders without an image in them.
    package private(set) var emptyClasses: [String]
    /// Images beside the class folders, which come first and have no class.
    package private(set) var unclassified: Int
    /// Pictures and films of kinds that are not read, by the ending of their names: how many. An empty one: no ending.
    package let passedOver: [String: Int]
    /// Where names are relative to.
    package let root: String
    /// The list that names them, and the line of each; nil where none does.
    private let list: (file: String, lines: [Int32])?

    package var count: Int { paths.count }

    /// Indices into `classNames`; nil where some images have no class.
    package var labels: [Int]? { unclassified > 0 ? nil : classOfImage }

    /// The images in a folder and below it. Where its subfolders hold images, each subfolder is a class; images beside them
    /// have none.
    ///
    /// Classes and files come in the order of torchvision's ImageFolder: by code points, class after class. Names that begin
    /// with a dot, and what other programs leave beside pictures, are passed over silently; pictures that are not read are
    /// counted.
    package init(folder: URL) throws(VisionModelsError) {
        let base = folder.standardizedFileURL.path
        let bytes = [UInt8](ofPath: base)
        let tree = try ImageTree(bytes)
        name = folder.standardizedFileURL.lastPathComponent
        root = base
        list = nil
        paths = PathList([tree.beside, tree.classes.flatMap(\.images)].joined(), in: bytes)
        passedOver = tree.passedOver
        guard paths.count > 0 else { throw .noImages(path: folder.path, passedOver: tree.passedOver) }
        let hasClasses = tree.classes.contains { !$0.images.isEmpty }
        unclassified = hasClasses ? tree.beside.count : 0
        classOfImage =
            hasClasses
            ? tree.classes.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.images.count) } : nil
        classNames = hasClasses ? tree.classes.map(\.name) : nil
        emptyClasses = hasClasses ? tree.classes.filter(\.images.isEmpty).map(\.name) : []
    }

    /// The images that have a class, where some have none.
    package var classified: ImageFiles {
        guard unclassified > 0 else { return self }
        var copy = self
        (copy.paths, copy.unclassified) = (paths.dropping(unclassified), 0)
        return copy
    }

    /// The same images without classes: subfolders that are none.
    package var withoutClasses: ImageFiles {
        var copy = self
        (copy.classOfImage, copy.classNames, copy.emptyClasses, copy.unclassified) = (nil, nil, [], 0)
        return copy
    }

    /// The images that a text file names: a path on each line, relative to the list's folder, and behind a tab its class,
    /// on every line or on none. Blank lines and lines that begin with # are skipped.
    package init(list: URL) throws(VisionModelsError) {
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
        self.list = (list.path, lines.map { Int32(clamping: $0.line) })
        paths = PathList(files.lazy.map { Array($0.utf8) }, in: Array(folder.path.utf8))
        classOfImage = classes.isEmpty ? nil : classes.compactMap { places[$0] }
        classNames = classes.isEmpty ? nil : names
        (emptyClasses, unclassified, passedOver) = ([], 0, [:])
    }

    /// Some files, in this order, without classes.
    package init(files: [URL], name: String? = nil) {
        paths = PathList(files.lazy.map { [UInt8](ofPath: $0.relativePath) })
        self.name = name ?? files.first?.lastPathComponent ?? "images"
        (classOfImage, classNames, emptyClasses, unclassified, passedOver) = (nil, nil, [], 0, [:])
        root = ""
        list = nil
    }

    /// The file's path, relative to the folder or list where it lies below it; as it was given where there is neither.
    package func name(of index: Int) -> String {
        guard !root.isEmpty else { return paths[index] }
        let path = paths[index]
        let standard = path.utf8.contains(UInt8(ascii: ".")) ? file(index).standardizedFileURL.path : path
        return standard.hasPrefix(root + "/") ? String(standard.dropFirst(root.count + 1)) : standard
    }

    package func path(of index: Int) -> String { paths[index] }

    private func file(_ index: Int) -> URL { URL(filePath: paths[index], directoryHint: .notDirectory) }

    private func mapped(_ index: Int) throws(VisionModelsError) -> MappedFile {
        let path = paths.bytes(at: index)
        do throws(FileError) {
            return try MappedFile(file(index), bytes: path)
        } catch {
            guard let list else { throw .file(error) }
            throw .listed(list: list.file, line: Int(list.lines[index]), .file(error))
        }
    }

    package func image(_ index: Int) throws(VisionModelsError) -> RawImage { try RawImage(contentsOf: mapped(index)) }

    /// Of the file's bytes, so that a damaged file has one too.
    package func digest(of index: Int) throws(VisionModelsError) -> Digest {
        try mapped(index).withBytes { Digest(of: $0) }
    }
}

/// The images in a folder and in each of its subfolders.
private struct ImageTree {
    /// Paths, in order.
    var beside: [[UInt8]] = []
    var classes: [(name: String, images: [[UInt8]])] = []
    var passedOver: [String: Int] = [:]

    init(_ folder: [UInt8]) throws(VisionModelsError) {
        for entry in try FolderEntry.entries(of: folder) {
            let path = folder + [UInt8(ascii: "/")] + entry.name
            guard entry.isFolder else {
                if isImage(entry) { beside.append(path) }
                continue
            }
            // A folder with the name of a picture is its thumbnails or the like.
            guard !ImageFormat.fileExtensions.contains(entry.ending) else { continue }
            var images: [[UInt8]] = []
            gather(below: path, into: &images)
            classes.append((String(path: entry.name), images))
        }
    }

    /// Counts what is a picture and not read.
    private mutating func isImage(_ entry: FolderEntry) -> Bool {
        if ImageFormat.fileExtensions.contains(entry.ending) { return true }
        if ImageFormat.otherExtensions.contains(entry.ending) { passedOver[entry.ending, default: 0] += 1 }
        return false
    }

    /// At any depth: folder after folder in the order of their paths, links to folders not followed.
    private mutating func gather(below folder: [UInt8], into images: inout [[UInt8]]) {
        var folders = [folder]
        var found: [(folder: [UInt8], images: [[UInt8]])] = []
        while let next = folders.popLast() {
            var here: [[UInt8]] = []
            for entry in (try? FolderEntry.entries(of: next)) ?? [] {
                let path = next + [UInt8(ascii: "/")] + entry.name
                if entry.isFolder {
                    if !entry.isLink, !ImageFormat.fileExtensions.contains(entry.ending) { folders.append(path) }
                } else if isImage(entry) {
                    here.append(path)
                }
            }
            if !here.isEmpty { found.append((next, here)) }
        }
        images = found.sorted { $0.folder.lexicographicallyPrecedes($1.folder) }.flatMap(\.images)
    }
}

/// The images at a path, whatever they are: a folder (of class folders or of images), an IDX file, an image, or a text file
/// that lists images.
///
/// - Parameter labels: the labels of an IDX file; by default what its name implies (`images-idx3` -> `labels-idx1`).
package func openImages(at url: URL, labels: URL? = nil) throws(VisionModelsError) -> any ImageSource {
    let path = [UInt8](ofPath: url.path)
    var status = stat()
    guard path.withPath({ stat($0, &status) }) == 0 else { throw .unreadable(file: url.path, code: errno) }
    if status.st_mode & S_IFMT == S_IFDIR { return try ImageFiles(folder: url) }
    // A pipe gives its bytes once, and no picture is mapped from one.
    if status.st_mode & S_IFMT == S_IFIFO { return try ImageFiles(list: url) }
    let start = try readingFiles { () throws(FileError) in
        try MappedFile(url, bytes: path).withBytes { Array($0.prefix(512)) }
    }
    let format = start.withUnsafeBytes { ImageFormat($0) }
    let ending = url.pathExtension.lowercased()
    if format != nil || ImageFormat.fileExtensions.contains(ending) { return ImageFiles(files: [url]) }
    let kind = start.withUnsafeBytes { ForeignFile($0) }
    guard kind.mayListImages || (kind.mayBeginAsText && !ImageFormat.otherExtensions.contains(ending)) else {
        throw .malformedImage(file: url.path, .format(kind))
    }
    let isIDX = start.starts(with: [0x1F, 0x8B]) || start.starts(with: [0, 0]) || url.path.contains("idx")
    return isIDX
        ? try IDXImages(images: url, labels: labels ?? IDXImages.labels(beside: url)) : try ImageFiles(list: url)
}

extension IDXImages {
    /// The labels file beside an images file; nil where there is none.
    package static func labels(beside images: URL) -> URL? {
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
    package func contentDigest(
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
