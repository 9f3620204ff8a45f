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

    private func run(_ name: String, created: Double, weights: [Float] = [1, -0.0, 3, 4, 5, 6]) -> AlignmentRun {
        AlignmentRun(
            key: Digest(name), parameters: Data(#"{"rate":0.01}"#.utf8), units: 3, width: 2, weights: weights,
            report: Data("{\"loss\":[1,0.5],\"é\":\"\\u0000\"}".utf8), created: created)
    }

    @Test("An alignment run comes back whole, by its key or as the latest")
    func alignmentRuns() throws {
        #expect(try store.latestAlignmentRun() == nil)
        let newer = run("newer", created: 2)
        let older = run("older", created: 1)
        try store.store(newer)
        try store.store(older)
        #expect(try store.alignmentRun(older.key) == older)
        #expect(try store.latestAlignmentRun() == newer)
        #expect(try store.alignmentRun(Digest("none")) == nil)
    }

    @Test("A run stored again takes the place of the first")
    func alignmentRunAgain() throws {
        try store.store(run("run", created: 1))
        let again = run("run", created: 3, weights: [6, 5, 4, 3, 2, 1])
        try store.store(again)
        #expect(try store.alignmentRun(Digest("run")) == again)
    }

    @Test("An autoencoder's record comes back whole; stored again it takes the place of the first")
    func autoencoderRuns() throws {
        var run = AutoencoderRun(
            key: Digest("sae"), parameters: Data(#"{"k":16}"#.utf8), features: 768, width: 96,
            fileName: "sae-1.safetensors", report: Data(#"{"l0":16}"#.utf8), created: 4)
        #expect(try store.autoencoderRun(run.key) == nil)
        try store.store(run)
        #expect(try store.autoencoderRun(run.key) == run)
        (run.features, run.created) = (1024, 5)
        try store.store(run)
        #expect(try store.autoencoderRun(run.key) == run)
    }

    @Test("Unit embeddings are replaced as a whole")
    func unitEmbeddings() throws {
        let key = Digest("run")
        try store.store(run("run", created: 1))
        #expect(try store.unitEmbeddings(ofRun: key) == nil)
        try store.store(UnitEmbeddings(units: [9, 2], width: 2, values: [1, 2, 3, 4]), ofRun: key)
        try store.store(UnitEmbeddings(units: [7, 2], width: 2, values: [5, 6, 7, 8]), ofRun: key)
        let found = try #require(try store.unitEmbeddings(ofRun: key))
        #expect(found.units == [2, 7])
        #expect(found.values == [7, 8, 5, 6])
    }

    @Test("Unit embeddings need their run")
    func unitEmbeddingsWithoutRun() throws {
        let key = Digest("run")
        #expect(throws: CacheError.missingRecord(file: ":memory:", kind: "alignment run", key: key.description)) {
            try store.store(UnitEmbeddings(units: [0], width: 1, values: [1]), ofRun: key)
        }
    }

    @Test("Activations resume where the last run stopped")
    func activations() throws {
        let set = ActivationSet(
            key: Digest("a"), fileName: "a.safetensors", rows: 100, width: 64, tokens: 17, created: 5)
        #expect(try store.beginActivations(set) == set)
        try store.advanceActivations(set.key, completedRows: 64)
        try store.advanceActivations(set.key, completedRows: 32)

        var later = set
        later.created = 6
        let resumed = try store.beginActivations(later)
        #expect(resumed.completedRows == 64)
        #expect(!resumed.isFinished)
        #expect(resumed.created == 5)

        try store.finishActivations(set.key)
        let finished = try #require(try store.activations(set.key))
        #expect((finished.completedRows, finished.isFinished, finished.tokens) == (100, true, 17))

        try store.forgetActivations(set.key)
        #expect(try store.activations(set.key) == nil)
        #expect(try store.beginActivations(later) == later)
    }

    @Test("Activations that were never begun cannot go on")
    func unknownActivations() throws {
        let error = CacheError.missingRecord(
            file: ":memory:", kind: "activation set", key: Digest("a").description)
        #expect(throws: error) { try store.advanceActivations(Digest("a"), completedRows: 0) }
        #expect(throws: error) { try store.finishActivations(Digest("a")) }
    }

    @Test("A file name that leads out of the study is not followed")
    func fileNameOutside() throws {
        let study = try TemporaryStudy()
        let key = Digest("a")
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        _ = try store.beginActivations(ActivationSet(key: key, fileName: "a", rows: 1, width: 1, created: 0))
        try study.doctor("UPDATE activationSet SET fileName = '../../a'")
        #expect(
            throws: CacheError.damaged(
                file: study.database.path, place: "activation set \(key)", expected: "a plain file name",
                found: "../../a")
        ) { try store.activations(key) }
    }
}
