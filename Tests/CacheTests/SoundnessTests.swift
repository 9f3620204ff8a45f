import Analysis
import Cache
import Digests
import Foundation
import GRDB
import TestSupport
import Testing

/// A damaged database gives an error, or the answers that it gave before: never others, and never a trap.
@Suite struct SoundnessTests {
    /// Every kind of record, read back as text.
    private static func answers(_ store: StudyStore) throws -> [String: [String]] {
        let (set, encoder, key) = (Digest("set"), Digest("encoder"), Digest("key"))
        var answers: [String: [String]] = [:]
        func answer(_ name: String, _ body: () throws -> Any?) rethrows {
            answers[name] = try body().map { ["\($0)"] } ?? []
        }
        func rows(_ name: String, _ found: EmbeddingRows) {
            answers[name] = (0..<found.count).compactMap { row in found.row(row).map { "\(row) \(Array($0))" } }
        }
        try answer("configuration") { try store.configuration() }
        try answer("set") { try store.imageSet(of: .probe) }
        try answer("labels") { try store.labels(ofSet: set) }
        try answer("images") { try store.images(inSet: set) }
        try answer("skipped") { try store.skippedImages(inSet: set) }
        rows("image embeddings", try store.imageEmbeddings(encoder: encoder, set: set))
        rows("concept embeddings", try store.conceptEmbeddings(encoder: encoder, of: ["boot", "bag"]))
        try answer("concept sets") { try store.conceptSets() }
        try answer("targets") { try store.targets() }
        try answer("layers") { try store.layers() }
        try answer("file") { try store.valueFile(key) }
        try answer("alignment") { try store.alignmentRun(key) }
        try answer("autoencoder") { try store.autoencoderRun(key) }
        try answer("layout") { try store.unitLayout(key, count: 2) }
        try answer("silhouette") { try store.silhouette(key) }
        answers["predictions"] = try store.editedPredictions(run: key, set: set).map { "\($0)" }
        try answer("findings") { try store.findings() }
        try answer("deleted") { try store.deletedFindings() }
        try answer("document") { try store.document(named: "place") }
        return answers
    }

    /// What is lost and not wrong: it is computed again.
    private static let computedAgain: Set = [
        "image embeddings", "concept embeddings", "alignment", "layout", "predictions",
    ]

    private static func filled() throws -> TemporaryStudy {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        let (set, encoder, key, images) = (Digest("set"), Digest("encoder"), Digest("key"), digests(5))
        try store.begin(imageSet: set, json: Data("{}".utf8))
        try store.recordImages(
            images.enumerated().map { ImageRecord(digest: $1, name: "image \($0)", label: $0 % 2) },
            skipped: [SkippedImage(position: 5, name: "torn.jpg", reason: "cut short")], examined: 0..<6, isLast: true,
            set: set)
        try store.assign(imageSet: set, to: .probe)
        try store.store(imageEmbeddings: (0..<20).map(Float.init), of: images, encoder: encoder)
        try store.store(conceptEmbeddings: (0..<8).map(Float.init), of: ["boot", "bag"], encoder: encoder)
        try store.store(ConceptSetRecord(name: "shoes", concepts: ["boot", "bag"]))
        let target = try store.store(TargetRecord(name: "vit", json: Data("{\"a\":1}".utf8)))
        try store.store(LayerRecord(target: target, hookPoint: "norm", pooling: "cls", json: Data("{}".utf8)))
        _ = try store.begin(ValueFileRecord(key: key, fileName: "a.safetensors", rows: 5))
        try store.finish(key, size: 77, pieces: [7], verified: "stamp")
        try store.store(
            AlignmentRun(
                key: key, units: 2, width: 2, weights: [1, 2, 3, 4], report: Data("{}".utf8)))
        try store.store(
            AutoencoderRun(
                key: key, parameters: Data("{}".utf8), features: 8, width: 2, fileName: "sae.safetensors",
                report: Data("{}".utf8)))
        try store.store(TSNELayout(points: [SIMD2(1, 2), SIMD2(3, 4)], divergence: 0.5), key: key)
        try store.store(editedPredictions: [0, 1, 2, 3, 4], of: images, run: key)
        let ids = try (0..<3).map { try store.insert(exampleFinding(note: "note \($0)")) }
        try store.deleteFinding(ids[1])
        try store.keep(Data("{\"screen\":1}".utf8), as: "place")
        try store.close()
        return study
    }

    /// What a damaged study answers; nil where it says that it is damaged.
    private static func answers(of folder: URL) -> Result<[String: [String]], any Error> {
        Result {
            let store = try StudyStore.open(at: folder)
            defer { try? store.close() }
            return try answers(store)
        }
    }

    private static func check(_ study: TemporaryStudy, expected: [String: [String]], _ what: String) {
        switch answers(of: study.folder) {
        case .failure(let error): #expect(error is CacheError, "\(what): \(error)")
        case .success(let found):
            for (name, answer) in expected {
                let found = found[name] ?? []
                let isRight = computedAgain.contains(name) ? Set(found).isSubset(of: answer) : found == answer
                #expect(isRight, "\(what): \(name): \(found) for \(answer)")
            }
        }
    }

    @Test("A bit that flips anywhere in a study's database gives an error or the same answers")
    func flippedBits() throws {
        let study = try Self.filled()
        let whole = try Data(contentsOf: study.database)
        let expected = try Self.answers(of: study.folder).get()
        // Pages are mostly empty: most flips go where something stands.
        let filled = whole.indices.filter { whole[$0] != 0 }
        var random = SeededRandom(seed: 12)
        var refused = 0
        for round in 0..<1500 {
            var damaged = whole
            let place = try #require(
                round.isMultiple(of: 8)
                    ? whole.indices.randomElement(using: &random) : filled.randomElement(using: &random))
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try damaged.write(to: study.database)
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: study.database.path + suffix)
            }
            Self.check(study, expected: expected, "bit at \(place), round \(round)")
            if case .failure = Self.answers(of: study.folder) { refused += 1 }
        }
        #expect(refused > 500, "\(refused): the damage did not reach what is read")
    }

    @Test("A value changed or gone behind the study's back is an error that names it", arguments: SealedTable.allCases)
    func changedByOthers(table: SealedTable) throws {
        let study = try Self.filled()
        let expected = try Self.answers(of: study.folder).get()
        let queue = try DatabaseQueue(path: study.database.path)
        let columns = try queue.read { database in
            try database.columns(in: table.rawValue).filter { $0.name != "seal" }
        }
        try queue.close()
        let whole = try Data(contentsOf: study.database)
        for column in columns {
            let other =
                switch column.type {
                case "TEXT": "'9' || \(column.name)"
                case "BLOB": "CAST(X'FF' || substr(\(column.name), 2) AS BLOB)"
                default: "\(column.name) + 7"
                }
            for (value, isLoose) in [(other, false), ("NULL", true)] {
                try whole.write(to: study.database)
                let change = "UPDATE \(table.rawValue) SET \(column.name) = \(value)"
                do { try study.doctor(change, isLoose: isLoose) } catch { continue }
                Self.check(study, expected: expected, "\(table.rawValue).\(column.name) = \(value)")
            }
        }
    }

    @Test("Rows of small tables that vanished as if they had never been are missed", arguments: SealedTable.allCases)
    func vanishedRows(table: SealedTable) throws {
        let study = try Self.filled()
        let expected = try Self.answers(of: study.folder).get()
        try study.doctor("DELETE FROM \(table.rawValue)", isLoose: true)
        Self.check(study, expected: expected, "\(table.rawValue), all rows")
    }

    @Test("One vanished finding is missed, and so is one that was put in its place")
    func vanishedFinding() throws {
        let study = try Self.filled()
        let whole = try Data(contentsOf: study.database)
        try study.doctor("DELETE FROM finding WHERE id = 3")
        #expect(
            throws: CacheError.damaged(
                file: study.database.path, place: "table finding", expected: "3 rows", found: "2")
        ) { try StudyStore.open(at: study.folder) }
        try whole.write(to: study.database)
        // An older version of a row, seal and all.
        try study.doctor("UPDATE finding SET note = 'old', seal = \(SealedTable.finding.seal) WHERE id = 3")
        try study.doctor("UPDATE finding SET seal = \(SealedTable.finding.seal) WHERE id = 3")
        #expect(
            throws: CacheError.damaged(
                file: study.database.path, place: "table finding", expected: "the rows that were stored",
                found: "others")
        ) { try StudyStore.open(at: study.folder) }
    }
}
