import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import Workbench

/// Sums of concepts, and images as concepts, in a study of 896 real images.
@Suite struct ConceptSumStudyTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    private func study() throws -> StudiedLayer {
        try TargetLayer.created(at: folder.appending(path: "a.study"), plan: .small(in: folder)).prepare()
    }

    @Test("concepts add up, images are concepts, and what cancels or is not there is refused")
    func sums() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study()
        // By the cosine ranking: one dot product with the image, moved by the difference of the means and made one long.
        let (images, concepts) = (try study.probeEmbeddings, try study.concepts)
        let moved = zip(images.row(12), zip(concepts.mean, images.columnMeans())).map { $0 + $1.0 - $1.1 }
        let length = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let found = try study.locate("image 12", ranking: .cosine)
        let best = try #require(found.units.first)
        let row = study.neurons.embeddings(of: [best.unit]).row(0)
        assertClose(
            best.score, zip(row, moved).reduce(0) { $0 + $1.0 * $1.1 } / length, within: 1e-5,
            because: "one dot product")
        #expect(found.nearest?.isFar == false && found.target.origin == .nearest)
        #expect(try study.locate("img:12", ranking: .cosine).units == found.units)

        let sum = try study.locate("boot - heel + image 3")
        #expect(try sum.units.map(\.unit) == study.locate("image 3 + boot - heel").units.map(\.unit), "in any order")
        #expect(try sum.units != study.locate("boot").units && sum.nearest != nil)
        #expect(try study.locate("bag -").target.origin == .name, "until a word follows, that of the word before")
        #expect(try study.locate("bag - strap").target.origin == .nearest)
        #expect(throws: WorkbenchError.unknownImage(512, count: 512)) { _ = try study.locate("bag + image 512") }
        #expect(throws: WorkbenchError.cancelledConcept("bag - bag")) { _ = try study.locate("bag - bag") }
    }

    @Test("the units of an image are those of what it shows, more than those of another class")
    func unitsOfImages() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study()
        func top(_ concept: String, _ ranking: Ranking?) throws -> Set<Int> {
            Set(try study.locate(concept, ranking: ranking).units.prefix(20).map(\.unit.index))
        }
        #expect(try study.locate("image 3").ranking == .contribution && study.locate("boot").ranking == .rivals)
        let classes = try study.classes.names.map { try top($0, .contribution) }
        var (own, others) = (0, 0.0)
        for image in stride(from: 0, to: 500, by: 25) {
            let found = try top("image \(image)", nil)
            let predicted = study.neurons.probe.predictions[image]
            let shared = classes.map { found.intersection($0).count }
            own += shared[predicted]
            others += Double(shared.reduce(0, +) - shared[predicted]) / Double(classes.count - 1)
        }
        #expect(Double(own) > 1.5 * others, "\(own) of 400 shared, \(others) with another class")
    }

    @Test("a concept with a sign in its name stays that concept")
    func signInAName() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["ankle boot - black", "bag", "sandal"]
        let study = try study().describing(with: names)
        #expect(try study.locate("ankle boot - black").nearest == nil, "it is known")
        #expect(try study.locate("ankle boot - bag").nearest != nil)
    }
}
