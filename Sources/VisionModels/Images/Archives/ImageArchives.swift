import Digests
import Files
import Foundation
import LinearAlgebra

/// Images in tar archives, read where they lie in them.
///
/// Their classes are what `.cls` and `.json` beside each say (`TarSamples`); without these, the folders in the archives, as
/// those of a folder of images. Images come in the order of the archives, and in that of each archive.
package struct ImageArchives: NamedImages {
    package let name: String
    package let root: String
    package private(set) var classNames: [String]?
    package var emptyClasses: [String] { [] }
    package private(set) var passedOver: [String: Int] = [:]

    private let files: [MappedFile]
    /// Relative to `root`.
    private let archives: [String]
    private var members: PathList
    private var places: [Place] = []
    /// The class of each image; nil where images have none.
    private var classOfImage: [Int32?]?

    private struct Place {
        var archive: Int32
        var bytes: Range<Int>
    }

    /// - Parameters:
    ///   - paths: of the archives, which are read on all cores.
    ///   - name: of them all.
    ///   - root: a folder that all lie in, at any depth.
    /// - Throws: what is wrong with the first archive that is damaged; `noImages`.
    init(_ paths: [String], name: String, in root: String, of url: URL) throws(VisionModelsError) {
        let opened = parallelMap(paths.count) { index in
            Result { () throws(VisionModelsError) in
                let file = try readingFiles { () throws(FileError) in try MappedFile(URL(filePath: paths[index])) }
                return (file, try TarSamples(file))
            }
        }
        var (files, samples): ([MappedFile], [TarSamples]) = ([], [])
        for result in opened {
            let (file, sample) = try result.get()
            files.append(file)
            samples.append(sample)
            passedOver.merge(sample.passedOver, uniquingKeysWith: +)
        }
        (self.files, self.name, self.root) = (files, name, root)
        archives = paths.map { $0.hasPrefix(root + "/") ? String($0.dropFirst(root.count + 1)) : $0 }
        members = PathList(samples.lazy.flatMap(\.images).map(\.name))
        for (archive, sample) in samples.enumerated() {
            places += sample.images.map { Place(archive: Int32(archive), bytes: $0.bytes) }
        }
        guard !places.isEmpty else { throw .noImages(path: url.path, passedOver: passedOver) }
        let texts = samples.flatMap { $0.images.map(\.label) }
        do {
            let areFolders = !texts.contains { $0 != nil }
            let labels = try ImageLabels(areFolders ? Self.folders(of: samples) : texts, areNames: areFolders)
            classNames = labels.names
            classOfImage = labels.classes.contains { $0 != nil } ? labels.classes : nil
        } catch {
            let archive = Int(places[error.index].archive)
            throw .file(
                .malformedTar(
                    file: files[archive].path, byte: places[error.index].bytes.lowerBound,
                    member: members[error.index], expected: "\(error.expected), for a label",
                    found: "\"\(error.found)\""))
        }
    }

    /// The folder that each image's class is: below what all names begin with; nil for an image beside such folders.
    private static func folders(of samples: [TarSamples]) -> [String?] {
        let slash = UInt8(ascii: "/")
        let folders = samples.flatMap { $0.images.map { $0.name.split(separator: slash).dropLast().map(Array.init) } }
        var shared = folders.first ?? []
        for folder in folders where !folder.starts(with: shared) {
            shared = zip(shared, folder).prefix { $0 == $1 }.map(\.0)
        }
        return folders.map { folder in folder.count > shared.count ? String(path: folder[shared.count]) : nil }
    }

    package var count: Int { places.count }

    /// Nil where some images have no class.
    package var labels: [Int]? {
        guard let classOfImage, unclassified == 0 else { return nil }
        return classOfImage.map { Int($0 ?? 0) }
    }

    package var unclassified: Int { classOfImage?.count { $0 == nil } ?? 0 }

    package var classified: ImageArchives {
        guard let classOfImage, unclassified > 0 else { return self }
        let kept = classOfImage.indices.filter { classOfImage[$0] != nil }
        var copy = self
        copy.members = PathList(kept.lazy.map { members.bytes(at: $0) })
        copy.places = kept.map { places[$0] }
        copy.classOfImage = kept.map { classOfImage[$0] }
        return copy
    }

    package var withoutClasses: ImageArchives {
        var copy = self
        (copy.classOfImage, copy.classNames) = (nil, nil)
        return copy
    }

    /// `train-003.tar/0001.jpg`.
    package func name(of index: Int) -> String { "\(archives[Int(places[index].archive)])/\(members[index])" }

    package func image(_ index: Int) throws(VisionModelsError) -> RawImage {
        let place = places[index]
        let file = files[Int(place.archive)]
        return try file.withMember(place.bytes) { bytes throws(VisionModelsError) in
            do throws(ImageFault) {
                return try RawImage(decoding: bytes)
            } catch {
                throw .malformedImage(file: "\(file.path)/\(members[index])", error)
            }
        }
    }

    /// Of the member's bytes, so that it is that of the same file in a folder.
    package func digest(of index: Int) throws(VisionModelsError) -> Digest {
        let place = places[index]
        return files[Int(place.archive)].withMember(place.bytes) { Digest(of: $0) }
    }

    /// Of the archives' bytes, read on all cores, and of the labels. An archive whose stamp is known is not read.
    package func contentDigest(
        known: [FileStamp: Digest], keep: ([FileStamp: Digest]) throws -> Void
    ) throws -> Digest {
        let contents = parallelMap(files.count) { index -> (stamp: FileStamp?, digest: Digest) in
            let stamp = FileStamp(path: files[index].path)
            if let stamp, let digest = known[stamp] { return (nil, digest) }
            let digest = files[index].withMember(0..<files[index].count) { Digest(of: $0) }
            return (stamp?.isSettled == true ? stamp : nil, digest)
        }
        var read: [FileStamp: Digest] = [:]
        for case let (stamp?, digest) in contents { read[stamp] = digest }
        let labels = (labels ?? []).lazy.map(String.init)
        let digest = Digest(combining: [["tar"], contents.map(\.digest.description), Array(labels)].joined())
        if !read.isEmpty { try keep(read) }
        return digest
    }
}

extension MappedFile {
    /// Passes some of its bytes, and lets go of the memory that they took.
    func withMember<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withBytes { bytes throws(Failure) in
            let member = UnsafeRawBufferPointer(rebasing: bytes[range])
            defer { release(member) }
            return try body(member)
        }
    }
}
