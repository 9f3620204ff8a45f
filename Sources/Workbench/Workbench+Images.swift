import Cache
import Foundation
import LinearAlgebra
import VisionModels

extension Workbench {
    /// Files a transaction records at once.
    private static let pageSize = 256

    /// Reads every file of both roles once: what cannot be read is noted down and left out of the study, and the digest of
    /// what can be read is kept. Goes on where an earlier run stopped.
    ///
    /// Decoding everything once before the first forward pass costs two percent of a ResNet-50's time on pictures of 500 x
    /// 375, and buys that every row of every file is known from the start, for a resumed run and for a share as for a whole
    /// one.
    func readImages(_ work: Work) throws {
        for images in candidates {
            let reading = try store.imageReading(ofSet: images.digest)
            guard reading?.isComplete != true else { continue }
            try read(images, from: reading?.examined ?? 0, work)
        }
        try leaveOutUnreadable()
        for (images, all) in zip([probe, heldOut], candidates) where images.count == 0 {
            let first = try store.skippedImages(inSet: all.digest).first?.reason ?? ""
            throw WorkbenchError.noReadableImages(images: all.source.name, count: all.count, first: first)
        }
    }

    /// What could not be read of both roles.
    public func skippedImages() throws -> [SkippedImage] {
        let sets = candidates.map(\.digest)
        return try (sets[0] == sets[1] ? [sets[0]] : sets).flatMap { try store.skippedImages(inSet: $0) }
    }

    /// What a user should know of the images of both roles.
    public var imageWarnings: [ImageWarning] {
        candidates.flatMap(\.warnings).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func read(_ images: ImageSet, from start: Int, _ work: Work) throws {
        let source = images.source
        try work.batches(.reading, from: start, to: images.count, size: Self.pageSize) { page in
            let files = parallelMap(page.count) { source.examine(page.lowerBound + $0) }
            var (records, skipped): ([ImageRecord], [SkippedImage]) = ([], [])
            for (position, file) in zip(page, files) {
                switch file {
                case .success(let record): records.append(record)
                case .failure(let error):
                    skipped.append(
                        SkippedImage(position: position, name: source.name(of: position), reason: work.words(error)))
                }
            }
            try store.recordImages(
                records, skipped: skipped, examined: page, isLast: page.upperBound == images.count, set: images.digest)
        }
    }
}

extension ImageSource {
    /// The record of a file that can be read.
    fileprivate func examine(_ index: Int) -> Result<ImageRecord, VisionModelsError> {
        Result { () throws(VisionModelsError) in
            _ = try image(index)
            return ImageRecord(digest: try digest(of: index), name: name(of: index), label: labels?[index])
        }
    }
}

extension ImageSet {
    /// The set without the images that the store knows to be unreadable.
    func readable(in store: StudyStore) throws -> ImageSet {
        let skipped = Set(try store.skippedImages(inSet: digest).map(\.position))
        guard !skipped.isEmpty, try store.imageReading(ofSet: digest)?.isComplete == true else { return self }
        var set = self
        set.source = SelectedImages(source, at: (0..<count).filter { !skipped.contains($0) })
        return set
    }
}
