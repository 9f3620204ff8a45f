import Cache
import Digests
import Testing

@Suite struct SpeedTests {
    /// Measured at 30 to 50 ms on two busy cores; a reading that takes ten times as long has lost its index.
    @Test("20,000 embeddings of 64 numbers load at once")
    func loading() throws {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        let images = digests(20_000)
        let values = (0..<64 * images.count).map(Float.init)
        try store.recordImages(images.map { ImageRecord(digest: $0, name: "") }, set: Digest("set"))
        try store.store(imageEmbeddings: values, of: images, encoder: Digest("encoder"))

        let times = try (0..<3).map { _ in
            try ContinuousClock().measure {
                let rows = try store.imageEmbeddings(encoder: Digest("encoder"), set: Digest("set"))
                #expect(rows.values == values)
            }
        }
        #expect(times.min()! < .milliseconds(500))
    }
}
