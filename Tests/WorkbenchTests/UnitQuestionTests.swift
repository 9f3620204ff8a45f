import Analysis
import Files
import Foundation
import TestSupport
import Testing
import Workbench

/// What a study tells the explorer of a unit, and where it writes what it is asked to.
@Suite struct UnitQuestionTests {
    private let folder: URL
    private let plan: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        plan = try .small(in: folder)
    }

    @Test("a study outlives its images: all that is known of a unit is there, with a cross for each picture")
    func missingImages() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let images = folder.appending(path: "images")
        for name in ["coat", "bag"] {
            let place = images.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for index in 0..<3 {
                let pixels = (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 &* (index + 3)) }
                try SmallPNG.grey(pixels, width: 28).write(to: place.appending(path: "\(index).png"))
            }
        }
        var plan = plan
        (plan.probeImages, plan.heldOutImages) = (images.path, images.path)
        let study = try Study(creating: folder.appending(path: "a.study"), plan: plan)
        let before = try study.layer().prepare()
        let unit = try before.unit("3-")
        let known = try before.profile(unit)
        #expect(!known.mostActivating.contains { $0.thumbnail.isMissing })
        try FileManager.default.removeItem(at: images)
        let layer = try Study(opening: study.folder).layer().prepare()
        let profile = try layer.profile(unit)
        #expect(profile.mostActivating.allSatisfy { $0.thumbnail.isMissing } && profile.mostActivating.count == 6)
        #expect(profile.mostActivating.map(\.name) == known.mostActivating.map(\.name))
        #expect(profile.concepts == known.concepts && profile.histogram == known.histogram)
        #expect(try layer.contactSheet(of: unit).strips.allSatisfy { $0.images.allSatisfy { $0.thumbnail.isMissing } })
        let steering = Steering(Intervention(units: [unit], operator: .scaling, beta: 0))
        #expect(try layer.comparisons([0], steering).map { $0.thumbnail.isMissing } == [true])
    }

    @Test("a file goes where its name says: beside the others, or to a path of its own; what is wrong is said plainly")
    func filesByPath() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan).prepare()
        let units = [try layer.unit("3-")]
        func write(_ name: String) throws -> String {
            try layer.writeTable(units, .neuron, name: name, into: folder).path
        }
        #expect(try write("units") == folder.appending(path: "units.csv").path)
        let other = folder.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        #expect(try write(other.appending(path: "own").path) == other.appending(path: "own.csv").path)
        #expect(try write(other.appending(path: "own").path) == other.appending(path: "own-2.csv").path)
        let nowhere = folder.appending(path: "nowhere")
        #expect(throws: FileError.unwritable(file: nowhere.path + "/own.csv", code: ENOENT)) {
            _ = try write(nowhere.path + "/own")
        }
    }

    @Test("what methods call a unit: ours first with the score it has everywhere, the published ones with theirs")
    func answers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan).prepare()
        let unit = try layer.unit("5-")
        let found = try layer.answers(of: unit)
        #expect(found.answers.map(\.method) == [.description] + PublishedSimilarity.allCases.map(\.method))
        #expect(found.images == 384)
        let own = try #require(found.answers.first)
        #expect(try own.concept == layer.describe(unit, count: 1).concepts.first?.concept)
        #expect(try own.scores == layer.qualities()[unit]?.explanation?.scores)
        let names = Set(try layer.concepts.names)
        for answer in found.answers {
            guard let concept = answer.concept else { continue }
            #expect(names.contains(concept) && answer.scores.map { (-1...1).contains($0.pearson) } == true)
        }
    }
}
