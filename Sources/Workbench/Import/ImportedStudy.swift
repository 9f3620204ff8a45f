import Analysis
import Cache
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// A study of which only arrays are there: its images have names and embeddings, and perhaps pictures.
extension Study {
    /// Under what its images are noted down.
    static let importedImages = "imported"

    /// Makes a study around a layer that was computed elsewhere. Nothing is left behind where something is wrong.
    convenience init(creating folder: URL, around layer: ImportedLayer, _ rows: ImportedRows) throws {
        let configuration = StudyConfiguration(
            conceptSpace: layer.plan.conceptSpace ?? "", probeImages: Self.importedImages,
            heldOutImages: Self.importedImages)
        let draft = try Study(store: StudyStore.inMemory(configuration: configuration), folder: folder)
        try draft.keepSpace(of: layer)
        for role in ImageRole.allCases { try draft.record(layer, rows, as: role) }
        try self.init(store: StudyStore.create(at: folder, copying: draft.store), folder: folder)
    }

    // MARK: The concept space

    /// A CLIP's, or one of which nothing is known but the embeddings of some concepts.
    private func keepSpace(of layer: ImportedLayer) throws {
        guard let images = layer.probe.first(.imageEmbeddings) else {
            throw FileError.malformedArray(
                file: layer.probe.files[0], array: "image_embeddings",
                expected: "[images, d], as a new study needs a concept space (or --study of one that is there)",
                found: "none")
        }
        let width = images.itemSize
        guard layer.plan.conceptSpace == nil else {
            let facts = try keepConceptSpace()
            guard facts.dimension == width else {
                throw images.fault("[images, \(facts.dimension)], as \(facts.name) embeds them", "\(images.shape)")
            }
            try addConcepts(at: layer.plan.concepts ?? StudyPlan.bundled.concepts)
            return
        }
        let own =
            try layer.probe.texts(.concepts)
            ?? layer.plan.concepts.map { try ConceptList.readConcepts(Resources.resolve($0)) }
        let (names, embeddings) = try embeddings(of: layer, concepts: own, width)
        let digest = embeddings.withUnsafe { Digest(of: UnsafeRawBufferPointer($0)) }
        let facts = SpaceFacts(
            name: Self.importedImages, digest: Digest("imported concepts", digest, Digest(combining: names)),
            dimension: width, assumptions: [])
        try store.keep(JSONEncoder().encode(facts), as: SpaceFacts.document)
        try store.store(conceptEmbeddings: embeddings.normalized().values, of: names, encoder: facts.digest)
        let set = ConceptSetRecord(name: Self.importedImages, concepts: own ?? layer.classes ?? [])
        try store.store(set)
        try choose(set.digest)
    }

    /// Names and embeddings of concepts and classes: unit rows come of them later.
    private func embeddings(
        of layer: ImportedLayer, concepts: [String]?, _ width: Int
    ) throws -> ([String], Tensor) {
        var (names, values, known) = ([String](), [Float](), Set<String>())
        for (kind, list) in [(ImportedArrays.Kind.conceptEmbeddings, concepts), (.classEmbeddings, layer.classes)] {
            guard let array = layer.probe.first(kind) else { continue }
            guard let list, list.count == array.count, array.itemSize == width else {
                throw array.fault("[\(list.map { "\($0.count)" } ?? "a name each"), \(width)]", "\(array.shape)")
            }
            guard let rows = try layer.probe.floats(kind) else { continue }
            for (row, name) in list.enumerated() where known.insert(name).inserted {
                names.append(name)
                values += rows.row(row)
            }
        }
        let missing = (layer.classes ?? []).first { !known.contains($0) }
        guard !names.isEmpty, missing == nil else {
            throw FileError.malformedArray(
                file: layer.probe.files[0], array: "class_embeddings",
                expected:
                    "embeddings of concepts and classes with their names, or --concept-space with a CLIP of width \(width)",
                found: missing.map { "none of \($0)" } ?? "none")
        }
        return (names, Tensor([names.count, width], values))
    }

    // MARK: Images

    /// Whether the study's images are the rows of these arrays: those it was made of.
    func stands(on layer: ImportedLayer, _ rows: ImportedRows) throws -> Bool {
        // Else they are files, of which no digest need be taken.
        guard try store.configuration().probeImages == Self.importedImages else { return false }
        return try ImageRole.allCases.allSatisfy { try store.imageSet(of: $0)?.digest == rows.imageSet($0, of: layer) }
    }

    private func record(_ layer: ImportedLayer, _ rows: ImportedRows, as role: ImageRole) throws {
        let (arrays, chosen) = (rows.arrays(role), rows.rows(role))
        let (labels, paths) = (try arrays.integers(.labels), try arrays.texts(.paths))
        let digest = try rows.imageSet(role, of: layer)
        let root = layer.plan.images ?? URL(filePath: arrays.files[0]).deletingLastPathComponent().path
        var facts = ImageSet.Facts(
            name: role.rawValue, place: arrays.files[0], root: root, folders: nil, emptyFolders: [])
        facts.isImported = true
        try store.begin(imageSet: digest, json: JSONEncoder().encode(facts))
        try store.assign(imageSet: digest, to: role)
        for page in blocks(of: chosen.count, size: 4096) {
            let records = page.map { place in
                let row = chosen[place]
                return ImageRecord(
                    digest: Digest("imported image", layer.digest, role.rawValue, row),
                    name: paths?[row] ?? "row \(row)",
                    label: labels?[row])
            }
            try store.recordImages(
                records, skipped: [], examined: page, isLast: page.upperBound == chosen.count, set: digest)
        }
    }
}

/// Which rows of which arrays serve as probe images, and which as held-out images.
struct ImportedRows {
    private let sets: [ImageRole: (arrays: ImportedArrays, rows: [Int])]

    /// - Parameter splits: whether a third of the probe rows, drawn by a fixed seed, is held out where nothing else is.
    init(_ layer: ImportedLayer) {
        if let heldOut = layer.heldOut {
            sets = [
                .probe: (layer.probe, Array(0..<layer.probe.count)), .heldOut: (heldOut, Array(0..<heldOut.count)),
            ]
            return
        }
        var random = SeededGenerator(seed: 0)
        let order = Array(0..<layer.probe.count).shuffled(using: &random)
        let count = layer.probe.count / 3
        sets = [
            .probe: (layer.probe, order.dropFirst(count).sorted()),
            .heldOut: (layer.probe, order.prefix(count).sorted()),
        ]
    }

    func arrays(_ role: ImageRole) -> ImportedArrays { sets[role]!.arrays }
    func rows(_ role: ImageRole) -> [Int] { sets[role]!.rows }

    /// What a study that is made of the rows knows its images of a role by.
    func imageSet(_ role: ImageRole, of layer: ImportedLayer) throws -> Digest {
        let arrays = arrays(role)
        return Digest(
            "imported images", layer.digest, role.rawValue,
            Digest(combining: try (arrays.integers(.labels) ?? []).map(String.init)),
            Digest(combining: try arrays.texts(.paths) ?? []))
    }
}
