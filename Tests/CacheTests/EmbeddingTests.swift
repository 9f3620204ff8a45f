import Cache
import Digests
import Foundation
import Testing

@Suite struct EmbeddingTests {
    let store: StudyStore
    let encoder = Digest("image encoder")

    init() throws {
        store = try StudyStore.inMemory(configuration: exampleConfiguration)
    }

    @Test("Every bit of every kind of number survives")
    func bits() throws {
        let kinds: [Float] = [
            -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, .ulpOfOne,
            Float(bitPattern: 0x7FC0_1234), Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFFF_FFFF), .pi,
        ]
        var generator = SystemRandomNumberGenerator()
        let values =
            kinds + (0..<990).map { _ in Float(bitPattern: UInt32.random(in: .min ... .max, using: &generator)) }
        let images = digests(100)
        let expected = values.map(\.bitPattern)

        try store.store(imageEmbeddings: values, of: images, encoder: encoder)
        let found = try store.imageEmbeddings(encoder: encoder, of: images)
        #expect(images.flatMap { found[$0] ?? [] }.map(\.bitPattern) == expected)

        let texts = images.map(\.description)
        try store.store(conceptEmbeddings: values, of: texts, encoder: encoder)
        #expect(try store.conceptEmbeddings(encoder: encoder, of: texts).values.map(\.bitPattern) == expected)
    }

    @Test("Embeddings of a set come in its order, with what is missing marked")
    func setOrder() throws {
        let images = digests(5)
        let set = Digest("set")
        try store.recordImages(images.reversed().map { ImageRecord(digest: $0, name: "\($0)") }, set: set)
        try store.store(imageEmbeddings: [0, 0.5, 1, 1.5], of: images[0..<2], encoder: encoder)
        try store.store(imageEmbeddings: [3, 3.5], of: images[3..<4], encoder: encoder)

        let rows = try store.imageEmbeddings(encoder: encoder, set: set)
        #expect(rows.width == 2)
        #expect(rows.values == [0, 0, 3, 3.5, 0, 0, 1, 1.5, 0, 0.5])
        #expect(rows.isPresent == [false, true, false, true, true])
        #expect(rows.absent == [0, 2])
        #expect(!rows.isComplete)
        #expect(rows.row(1) == [3, 3.5])
        #expect(rows.row(2) == nil)
    }

    @Test("An image that comes twice in a set has its embedding in both places")
    func repeatedImage() throws {
        let image = ImageRecord(digest: Digest("image"), name: "a.png", label: 1)
        var copy = image
        copy.name = "b.png"
        let set = Digest("set")
        try store.recordImages([image, copy], set: set)
        try store.store(imageEmbeddings: [7], of: [image.digest], encoder: encoder)
        #expect(try store.imageEmbeddings(encoder: encoder, set: set).values == [7, 7])
        #expect(try store.images(inSet: set) == [image, copy])
    }

    @Test("Another encoder finds nothing")
    func anotherEncoder() throws {
        let set = Digest("set")
        try store.recordImages([ImageRecord(digest: Digest("image"), name: "")], set: set)
        try store.store(imageEmbeddings: [1], of: [Digest("image")], encoder: encoder)
        let other = Digest("other encoder")
        #expect(try store.imageEmbeddings(encoder: other, of: [Digest("image")]).isEmpty)
        let rows = try store.imageEmbeddings(encoder: other, set: set)
        #expect((rows.width, rows.count, rows.isComplete) == (0, 1, false))
        #expect(try store.conceptEmbeddings(encoder: other, of: ["shoe"]).absent == [0])
    }

    @Test("Storing again replaces")
    func replacing() throws {
        try store.store(imageEmbeddings: [1], of: [Digest("image")], encoder: encoder)
        try store.store(imageEmbeddings: [2], of: [Digest("image")], encoder: encoder)
        #expect(try store.imageEmbeddings(encoder: encoder, of: [Digest("image")]) == [Digest("image"): [2]])
    }

    @Test("Texts are told apart code point by code point, even where Swift calls them equal")
    func texts() throws {
        let texts = ["e\u{301}toile", "\u{E9}toile", "a", "a\0b", "A", "a ", "", "鞋"]
        try store.store(conceptEmbeddings: texts.indices.map(Float.init), of: texts, encoder: encoder)
        let rows = try store.conceptEmbeddings(encoder: encoder, of: texts + ["b"])
        #expect(rows.values == [0, 1, 2, 3, 4, 5, 6, 7, 0])
        #expect(rows.absent == [8])
    }

    @Test("A set that was never recorded is an error, not an empty set")
    func unknownSet() throws {
        let set = Digest("set")
        #expect(try store.images(inSet: set) == nil)
        #expect(
            throws: CacheError.missingRecord(file: ":memory:", kind: "image set", key: set.description)
        ) { try store.imageEmbeddings(encoder: encoder, set: set) }
        try store.recordImages([], set: set)
        #expect(try store.images(inSet: set) == [])
        #expect(try store.imageEmbeddings(encoder: encoder, set: set).count == 0)
    }

    @Test("A set once recorded stays as it is")
    func recordedOnce() throws {
        let records = digests(3).enumerated().map { ImageRecord(digest: $1, name: "\($0)", label: $0) }
        try store.recordImages(records, set: Digest("set"))
        try store.recordImages(records, set: Digest("set"))
        #expect(try store.images(inSet: Digest("set")) == records)
        #expect(try store.labels(ofSet: Digest("set")) == [0, 1, 2])
    }

    @Test("A set serves as a role; another takes its place")
    func roles() throws {
        #expect(try store.imageSet(of: .probe) == nil)
        for name in ["one", "two"] {
            try store.recordImages([ImageRecord(digest: Digest(name), name: name)], set: Digest(name))
            try store.assign(imageSet: Digest(name), to: .probe)
        }
        #expect(try store.imageSet(of: .probe)?.digest == Digest("two"))
        #expect(try store.imageSet(of: .heldOut) == nil)
        #expect(try store.labels(ofSet: Digest("two")) == nil, "not all images have a label")
        #expect(throws: CacheError.self) { try store.assign(imageSet: Digest("three"), to: .probe) }
    }

    @Test("An embedding cut short in the file is named, not read")
    func cutShort() throws {
        let study = try TemporaryStudy()
        try study.fill()
        try study.doctor(
            "UPDATE imageEmbedding SET vector = substr(vector, 1, 15) WHERE imageID = 2", sealed: .imageEmbedding)
        let image = Digest("image", 1)
        let damage = CacheError.damaged(
            file: study.database.path, place: "embedding of image \(image)", expected: "8 bytes", found: "7")
        let store = try StudyStore.open(at: study.folder)
        #expect(throws: damage) { try store.imageEmbeddings(encoder: Digest("encoder"), of: [image]) }
        #expect(try store.imageEmbeddings(encoder: Digest("encoder"), of: [Digest("image", 2)]).count == 1)
    }
}

@Suite struct ImagePageTests {
    @Test("A set is recorded page by page, without what could not be read, and is complete with the last page")
    func pages() throws {
        let store = try StudyStore.inMemory(configuration: exampleConfiguration)
        let (set, encoder) = (Digest("set"), Digest("encoder"))
        let images = digests(5).map { ImageRecord(digest: $0, name: "\($0)") }
        let bad = SkippedImage(position: 1, name: "b.png", reason: "cut short")
        #expect(try store.imageSet(set) == nil)
        try store.begin(imageSet: set, json: Data("{}".utf8))
        try store.recordImages(images[0..<2], skipped: [bad], examined: 0..<3, isLast: false, set: set)
        #expect(try store.imageSet(set).map { ($0.examined, $0.isComplete, $0.images) == (3, false, 2) } == true)
        // A page that comes again changes nothing.
        try store.recordImages(images[0..<2], skipped: [bad], examined: 0..<3, isLast: false, set: set)
        try store.recordImages(images[2...], skipped: [], examined: 3..<6, isLast: true, set: set)
        #expect(try store.imageSet(set).map { ($0.examined, $0.isComplete, $0.images) == (6, true, 5) } == true)
        #expect(try store.images(inSet: set) == images)
        #expect(try store.images(inSet: set, positions: 1..<3) == Array(images[1..<3]))
        #expect(try store.skippedImages(inSet: set) == [bad])

        #expect(try store.positionsWithoutEmbedding(encoder: encoder, set: set) == [0, 1, 2, 3, 4])
        try store.store(imageEmbeddings: [1, 2, 3, 4], of: [images[3].digest, images[1].digest], encoder: encoder)
        #expect(try store.positionsWithoutEmbedding(encoder: encoder, set: set) == [0, 2, 4])
        let rows = try store.imageEmbeddings(encoder: encoder, set: set, positions: 1..<4)
        #expect(rows.absent == [1])
        #expect(rows.row(0).map(Array.init) == [3, 4] && rows.row(2).map(Array.init) == [1, 2])
    }
}
