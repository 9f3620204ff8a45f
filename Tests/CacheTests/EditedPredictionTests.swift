import Cache
import Digests
import Testing

@Suite struct EditedPredictionTests {
    @Test("predictions under interventions go on where they stopped, and sets of images share them")
    func sharing() throws {
        let store = try StudyStore.inMemory(configuration: exampleConfiguration)
        let images = (0..<6).map { Digest("image \($0)") }
        func record(_ numbers: [Int], as set: Digest) throws {
            let records = numbers.map { ImageRecord(digest: images[$0], name: "\($0)", label: 0) }
            try store.recordImages(records, set: set)
        }
        let (one, other) = (Digest("one"), Digest("other"))
        try record([0, 1, 2, 3], as: one)
        try record([5, 3, 1], as: other)
        let run = Digest("run")
        #expect(try store.editedPredictions(run: run, set: one) == [:])
        try store.store(editedPredictions: [7, 8], of: [images[3], images[0]], run: run)
        try store.store(editedPredictions: [9], of: [images[1]], run: run)
        #expect(try store.editedPredictions(run: run, set: one) == [0: 8, 1: 9, 3: 7])
        #expect(try store.editedPredictions(run: run, set: other) == [1: 7, 2: 9])
        #expect(try store.editedPredictions(run: Digest("another run"), set: one) == [:])
    }
}
