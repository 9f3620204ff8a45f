import Cache
import Digests
import TestSupport
import Testing

@Suite struct ManyEmbeddingsTests {
    /// Read in a twentieth of a second; a reading that has lost its index takes minutes.
    @Test("20,000 embeddings of 64 numbers come back as they were")
    func loading() throws {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        let images = digests(20_000)
        let values = (0..<64 * images.count).map(Float.init)
        try store.recordImages(images.map { ImageRecord(digest: $0, name: "") }, set: Digest("set"))
        try store.store(imageEmbeddings: values, of: images, encoder: Digest("encoder"))
        var found: [Float] = []
        let seconds = try processorSeconds {
            found = try store.imageEmbeddings(encoder: Digest("encoder"), set: Digest("set")).values
        }
        #expect(found == values && seconds < 20)
    }
}
