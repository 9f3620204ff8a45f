import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What a finished share holds, told by the share itself, so that joining needs neither models nor images.
struct ShareContents: Codable {
    static let document = "share"

    /// A file of values that goes on from share to share.
    struct File: Codable, Hashable {
        var file: ValueFile
        /// Of the whole set's images, those of this share.
        var rows: Range<Int>

        enum CodingKeys: String, CodingKey { case file, rows }
    }

    struct Part: Codable, Hashable {
        var imageSet: Digest
        var files: [File]
        var embeddings: File?

        enum CodingKeys: String, CodingKey { case imageSet, files, embeddings }
    }

    var share: Shard
    /// Of the image encoder.
    var encoder: Digest
    /// In the order of the roles.
    var parts: [Part]

    enum CodingKeys: String, CodingKey { case share, encoder, parts }

    /// Whether the two are shares of one extraction.
    func belongs(with other: ShareContents) -> Bool {
        share.count == other.share.count && encoder == other.encoder
            && parts.map(\.imageSet) == other.parts.map(\.imageSet)
            && parts.map { $0.files.map(\.file) } == other.parts.map { $0.files.map(\.file) }
    }
}

extension Study {
    /// Notes down what this share holds, which marks it as finished.
    func recordShare(_ images: StudyImages) throws {
        guard let share = try shard else { return }
        let layers = try layers()
        let parts = try [images.probe, images.heldOut].map { set in
            // Every model cuts the images into batches of its own.
            let models = Dictionary(grouping: layers, by: \.target.id).sorted { $0.key < $1.key }
            let files = models.flatMap { _, layers in
                let rows = share.rows(of: set.count, batchSize: layers[0].target.facts.batchSize)
                return
                    (layers.flatMap { $0.activationFiles(of: set) } + [layers[0].outputFile(of: set)].compactMap { $0 })
                    .map { ShareContents.File(file: $0, rows: rows) }
            }
            return ShareContents.Part(
                imageSet: set.digest, files: files,
                embeddings: set.isHeldOut
                    ? nil : ShareContents.File(file: try embeddingFile(of: set), rows: files[0].rows))
        }
        let contents = ShareContents(share: share, encoder: try spaceFacts.digest, parts: parts)
        try store.keep(JSONEncoder().encode(contents), as: ShareContents.document)
    }

    /// Joins all shares of an extraction into the study `folder`, whose files are then the same, byte for byte, as those of a
    /// single run. An interrupted join goes on where it stopped. The shares stay as they are.
    package static func merge(_ shares: [URL], into folder: URL, _ work: Work = Work()) throws {
        let shares = try ordered(shares.map { try Share($0) })
        guard let first = shares.first else { return }
        let store = try study(at: folder, like: first.store)
        for (index, part) in first.contents.parts.enumerated() {
            try store.copyImages(of: part.imageSet, from: first.store, work)
            try store.assign(imageSet: part.imageSet, to: ImageRole.allCases[index])
            for (position, file) in part.files.enumerated() {
                let rows = shares.map { $0.contents.parts[index].files[position].rows }
                try store.join(file.file, of: shares, rows: rows, work)
            }
            guard let file = part.embeddings else { continue }
            for share in shares {
                guard let rows = share.contents.parts[index].embeddings?.rows else { continue }
                try store.copyEmbeddings(
                    of: part.imageSet, rows, encoder: first.contents.encoder, from: share.store, work)
            }
            try store.fileEmbeddings(file.file, encoder: first.contents.encoder, set: part.imageSet)
        }
    }

    /// One share on disk.
    fileprivate struct Share {
        let folder: URL
        let store: StudyStore
        let contents: ShareContents

        init(_ folder: URL) throws {
            self.folder = folder
            store = try StudyStore.openCopy(at: folder)
            guard try store.configuration().share != nil else { throw WorkbenchError.notAShare(study: folder.path) }
            guard let json = try store.document(named: ShareContents.document) else {
                throw WorkbenchError.unfinishedShare(study: folder.path)
            }
            contents = try JSONDecoder().decode(ShareContents.self, from: json)
        }

        /// Rows of a file, mapped.
        func values(_ file: ValueFile, _ rows: Range<Int>) throws -> Tensor {
            guard let url = try store.verified(file.key(share: contents.share)) else {
                throw WorkbenchError.unfinishedShare(study: folder.path)
            }
            return try Checkpoint(url).tensor(ValueWriter.tensor, shape: [rows.count] + file.shape.dropFirst())
        }
    }

    /// The shares from the first to the last.
    ///
    /// - Throws: where one is of another extraction, comes twice, or is missing.
    private static func ordered(_ shares: [Share]) throws(WorkbenchError) -> [Share] {
        guard let first = shares.first else { return [] }
        var byIndex: [Int: Share] = [:]
        for share in shares {
            guard share.contents.belongs(with: first.contents) else {
                throw .foreignShare(study: share.folder.path, first: first.folder.path)
            }
            let index = share.contents.share.index
            if let other = byIndex[index] {
                throw .repeatedShare(
                    share.contents.share.description, studies: [other.folder.path, share.folder.path])
            }
            byIndex[index] = share
        }
        let count = first.contents.share.count
        let missing = (1...count).filter { byIndex[$0] == nil }
        guard missing.isEmpty else { throw .missingShares(missing.map { "\($0)/\(count)" }) }
        return (1...count).compactMap { byIndex[$0] }
    }

    /// The study to fill: new, or one that an earlier join began.
    private static func study(at folder: URL, like share: StudyStore) throws -> StudyStore {
        var configuration = try share.configuration()
        configuration.share = nil
        // As for every new study: on disk it is never seen without what all studies have.
        let draft = try StudyStore.inMemory(configuration: configuration)
        try draft.copyParts(from: share)
        do { return try StudyStore.create(at: folder, copying: draft) } catch CacheError.alreadyExists {}
        let store = try StudyStore.open(at: folder)
        let isTheirs = try store.configuration() == configuration
        let known = try (targets: store.targets(), layers: store.layers())
        guard isTheirs, try share.targets().starts(with: known.targets), try share.layers().starts(with: known.layers)
        else { throw WorkbenchError.foreignStudy(study: folder.path) }
        try store.copyParts(from: share)
        return store
    }
}

extension StudyStore {
    /// Items copied at once.
    private static let pageSize = 1024

    /// Copies what a study has before its first image: targets, layers, concept sets, what its space is, what is chosen.
    fileprivate func copyParts(from other: StudyStore) throws {
        for target in try other.targets() { try store(target) }
        for layer in try other.layers() { try store(layer) }
        for set in try other.conceptSets() { try store(set) }
        for name in [Study.SpaceFacts.document, Study.chosenSet] {
            if let document = try other.document(named: name) { try keep(document, as: name) }
        }
    }

    /// Copies the records of a set, page by page.
    fileprivate func copyImages(of set: Digest, from other: StudyStore, _ work: Work) throws {
        guard let reading = try other.imageSet(set), try imageSet(set)?.isComplete != true else { return }
        try begin(imageSet: set, json: reading.json)
        // One transaction: positions among the files are not those among the images.
        try work.advance(WorkProgress(phase: .merging, completed: 0, total: reading.examined))
        try recordImages(
            other.images(inSet: set) ?? [], skipped: other.skippedImages(inSet: set), examined: 0..<reading.examined,
            isLast: true, set: set)
    }

    /// Copies the embeddings of some images of a set, page by page, unless they are there.
    fileprivate func copyEmbeddings(
        of set: Digest, _ rows: Range<Int>, encoder: Digest, from other: StudyStore, _ work: Work
    ) throws {
        try work.batches(.merging, from: rows.lowerBound, to: rows.upperBound, size: Self.pageSize) { page in
            guard !(try imageEmbeddings(encoder: encoder, set: set, positions: page)).isComplete else { return }
            let found = try other.imageEmbeddings(encoder: encoder, set: set, positions: page)
            guard found.isComplete else { throw WorkbenchError.unfinishedShare(study: other.folder?.path ?? "") }
            let images = try other.images(inSet: set, positions: page) ?? []
            try store(imageEmbeddings: found.values, of: images.map(\.digest), encoder: encoder)
        }
    }

    /// Writes one file from the rows of all shares.
    fileprivate func join(_ file: ValueFile, of shares: [Study.Share], rows: [Range<Int>], _ work: Work) throws {
        let all = 0..<file.shape[0]
        guard let writer = try ValueWriter(file, rows: all, share: nil, in: self) else { return }
        // Bounded by bytes: with all tokens an image is large.
        let itemSize = file.shape.dropFirst().reduce(MemoryLayout<Float>.size, *)
        let size = max(1, (16 << 20) / max(1, itemSize))
        for (share, rows) in zip(shares, rows) where !rows.isEmpty && rows.upperBound > writer.completedRows {
            let values = try share.values(file, rows)
            let start = max(rows.lowerBound, writer.completedRows)
            try work.batches(.merging, from: start, to: rows.upperBound, size: size) { page in
                let local = Array(page.lowerBound - rows.lowerBound..<page.upperBound - rows.lowerBound)
                try writer.append(values.items(at: local), at: page)
            }
        }
        precondition(writer.completedRows == all.count, "all shares together are the whole")
        try writer.finish()
    }
}
