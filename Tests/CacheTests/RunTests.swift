import Analysis
import Cache
import Digests
import Foundation
import Testing

@Suite struct RunTests {
    let store: StudyStore

    init() throws {
        store = try StudyStore.inMemory(configuration: exampleConfiguration)
    }

    private func run(_ name: String, weights: [Float] = [1, -0.0, 3, 4, 5, 6]) -> AlignmentRun {
        AlignmentRun(
            key: Digest(name), units: 3, width: 2, weights: weights,
            report: Data("{\"loss\":[1,0.5],\"é\":\"\\u0000\"}".utf8))
    }

    @Test("An alignment run comes back whole, by its key")
    func alignmentRuns() throws {
        let newer = run("newer")
        let older = run("older")
        try store.store(newer)
        try store.store(older)
        #expect(try store.alignmentRun(older.key) == older)
        #expect(try store.alignmentRun(newer.key) == newer)
        #expect(try store.alignmentRun(Digest("none")) == nil)
    }

    @Test("A run stored again takes the place of the first")
    func alignmentRunAgain() throws {
        try store.store(run("run"))
        let again = run("run", weights: [6, 5, 4, 3, 2, 1])
        try store.store(again)
        #expect(try store.alignmentRun(Digest("run")) == again)
    }

    @Test("An autoencoder's record comes back whole; stored again it takes the place of the first")
    func autoencoderRuns() throws {
        var run = AutoencoderRun(
            key: Digest("sae"), parameters: Data(#"{"k":16}"#.utf8), features: 768, width: 96,
            fileName: "sae-1.safetensors", report: Data(#"{"l0":16}"#.utf8))
        #expect(try store.autoencoderRun(run.key) == nil)
        try store.store(run)
        #expect(try store.autoencoderRun(run.key) == run)
        run.features = 1024
        try store.store(run)
        #expect(try store.autoencoderRun(run.key) == run)
    }

    @Test("Files of values tell how far they came; rows never go back")
    func valueFiles() throws {
        let file = ValueFileRecord(key: Digest("a"), fileName: "a.safetensors", rows: 100)
        #expect(try store.begin(file) == file)
        try store.advance([file.key: 64])
        try store.advance([file.key: 32])

        let resumed = try store.begin(file)
        #expect((resumed.completedRows, resumed.isFinished) == (64, false))

        try store.finish(file.key, size: 1030, pieces: [0xDEAD_BEEF, 7], verified: "stamp")
        let finished = try #require(try store.valueFile(file.key))
        #expect((finished.completedRows, finished.isFinished) == (100, true))
        #expect((finished.size, finished.pieces) == (1030, [0xDEAD_BEEF, 7]))
        try store.verify(file.key, "other stamp")
        #expect(try store.valueFile(file.key)?.verified == "other stamp")

        try store.forgetValueFile(file.key)
        #expect(try store.valueFile(file.key) == nil)
        #expect(try store.begin(file) == file)
    }

    @Test("A file of values that was never begun cannot go on")
    func unknownValueFile() throws {
        let error = CacheError.missingRecord(file: ":memory:", kind: "file of values", key: Digest("a").description)
        #expect(throws: error) { try store.advance([Digest("a"): 0]) }
        #expect(throws: error) { try store.finish(Digest("a"), size: 0, pieces: [], verified: "") }
    }

    @Test("Target models and layers come back in the order they were added, each once")
    func layers() throws {
        let vit = try store.store(TargetRecord(name: "vit", json: Data("{\"a\":1}".utf8)))
        let other = try store.store(TargetRecord(name: "vit-2", json: Data("{}".utf8)))
        for (target, point) in [(other, "norm"), (vit, "norm"), (vit, "blocks.2"), (other, "norm")] {
            try store.store(LayerRecord(target: target, hookPoint: point, pooling: "cls", json: Data("{}".utf8)))
        }
        #expect(
            try store.layers().map { "\($0.target == vit) \($0.hookPoint)" } == [
                "false norm", "true norm", "true blocks.2",
            ])
        try store.store(TargetRecord(id: vit, name: "vit", json: Data("{\"a\":2}".utf8)))
        #expect(try store.targets().map { String(decoding: $0.json, as: UTF8.self) } == ["{\"a\":2}", "{}"])
    }

    @Test("Concept sets go by what is in them; one whose words were changed behind our back is damaged")
    func conceptSets() throws {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        let set = ConceptSetRecord(name: "shoes", concepts: ["boot", "\u{0}nul", "Stiefel"])
        try store.store(set)
        try store.store(ConceptSetRecord(name: "footwear", concepts: set.concepts))
        #expect(try store.conceptSets().map(\.name) == ["footwear"])
        #expect(try store.conceptSets()[0].concepts == set.concepts)
        #expect(
            try store.conceptSetEntries() == [ConceptSetEntry(name: "footwear", count: 3, digest: set.digest)])
        #expect(try store.conceptSet(set.digest)?.name == "footwear")
        try study.doctor("UPDATE conceptSet SET concepts = '[\"boot\"]'")
        #expect(throws: CacheError.self) { try store.conceptSets() }
        #expect(throws: CacheError.self) { try store.conceptSet(set.digest) }
    }

    @Test("A vector whose bits flipped is damaged, and so is a size that cannot be")
    func flippedBits() throws {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        let run = run("run")
        try store.store(run)
        try study.doctor("UPDATE alignmentRun SET weights = CAST(zeroblob(32) AS BLOB)")
        #expect(throws: CacheError.self) { try store.alignmentRun(run.key) }
        try store.store(run)
        try study.doctor("UPDATE alignmentRun SET units = 4611686018427387904, width = 4")
        #expect(throws: CacheError.self) { try store.alignmentRun(run.key) }
    }

    @Test("A file name that leads out of the study is not followed")
    func fileNameOutside() throws {
        let study = try TemporaryStudy()
        let key = Digest("a")
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        _ = try store.begin(ValueFileRecord(key: key, fileName: "a", rows: 1))
        try study.doctor("UPDATE valueFile SET fileName = '../../a'")
        #expect(
            throws: CacheError.damaged(
                file: study.database.path, place: "value file \(key)", expected: "a plain file name",
                found: "../../a")
        ) { try store.valueFile(key) }
    }
}
