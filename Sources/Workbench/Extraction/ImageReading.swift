import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// The images of both roles, as one extraction goes through them.
struct StudyImages {
    var probe: ImageSet
    var heldOut: ImageSet
}

extension Study {
    /// Files a transaction records at once.
    private static let pageSize = 256

    /// Reads every file of both roles once: what cannot be read is noted down and left out of the study, and the digest of
    /// what can be read is kept. Goes on where an earlier run stopped.
    ///
    /// Decoding everything once before the first forward pass costs two percent of a ResNet-50's time on pictures of 500 x
    /// 375, and buys that every row of every file is known from the start, for a resumed run and for a share as for a whole
    /// one.
    ///
    /// - Parameter other: images in place of the held-out ones.
    func readImages(insteadOfHeldOut other: ImageSet? = nil, _ work: Work) throws -> StudyImages {
        let probe = try imagesOnDisk(.probe)
        var heldOut: ImageSet
        if let other {
            heldOut = other
        } else {
            // One place in both roles is looked at once.
            let configuration = try configuration()
            heldOut = probe
            if configuration.heldOutImages == configuration.probeImages, !store.isReadOnly {
                try store.assign(imageSet: probe.digest, to: .heldOut)
            } else {
                heldOut = try imagesOnDisk(.heldOut)
            }
        }
        heldOut.isHeldOut = true
        for images in [probe, heldOut] {
            let record = try store.imageSet(images.digest)
            if record?.isComplete != true { try read(images, from: record?.examined ?? 0, work) }
        }
        let sets = try StudyImages(probe: probe.readable(in: store), heldOut: heldOut.readable(in: store))
        for (readable, all) in [(sets.probe, probe), (sets.heldOut, heldOut)] where readable.count == 0 {
            let first = try store.skippedImages(inSet: all.digest).first?.reason ?? ""
            throw WorkbenchError.noReadableImages(images: all.facts.name, count: all.count, first: first)
        }
        return sets
    }

    /// What could not be read of both roles.
    package func skippedImages() throws -> [SkippedImage] {
        let sets = try ImageRole.allCases.compactMap { try store.imageSet(of: $0)?.digest }
        return try (Set(sets).count == 1 ? [sets[0]] : sets).flatMap { try store.skippedImages(inSet: $0) }
    }

    private func read(_ images: ImageSet, from start: Int, _ work: Work) throws {
        let source = try images.source
        let pages = (source as? ImageFiles).flatMap { reading?.pages(of: $0) }
        var known: (page: Int, found: [(stamp: FileStamp, found: SharedReading.Found)?])?
        try work.batches(.reading, from: start, to: images.count, size: Self.pageSize) { page in
            let shared = page.lowerBound / SharedPages.size
            if let pages, known?.page != shared { known = (shared, try pages.found(shared)) }
            let found = known?.found
            let files = parallelMap(page.count) { place in
                let index = page.lowerBound + place
                // What another task could not read is looked at here, to say why.
                guard let file = found?[index % SharedPages.size]?.found, file.isReadable else {
                    return source.examine(index)
                }
                return .success(source.record(index, digest: file.digest))
            }
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
            return record(index, digest: try digest(of: index))
        }
    }

    fileprivate func record(_ index: Int, digest: Digest) -> ImageRecord {
        ImageRecord(digest: digest, name: name(of: index), label: labels?[index])
    }
}
