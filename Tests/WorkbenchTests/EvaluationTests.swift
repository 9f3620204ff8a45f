import Analysis
import Foundation
import Synchronization
import TestSupport
import Testing
import Workbench

/// Counts steps, from whatever thread.
private final class Steps: Sendable {
    private let steps = Mutex(0)
    var count: Int { steps.withLock { $0 } }
    func take() { steps.withLock { $0 += 1 } }
}

/// The whole evaluation on a small study.
@Suite(.serialized) struct EvaluationTests {
    private func small(_ body: (StudiedLayer, URL) throws -> Void) throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        try body(TargetLayer.created(at: folder.appending(path: "e.study"), plan: plan).prepare(), folder)
    }

    @Test("every part has its figures, each named once, and a second run gives the same")
    func parts() throws {
        try small { layer, _ in
            var request = EvaluationRequest()
            (request.seeds, request.sizes, request.shifts) = (2, [8], [])
            let evaluation = try layer.evaluation(request)
            #expect(evaluation.descriptions?.units == 10)
            let closed = try #require(evaluation.descriptions?.rows.first { $0.conceptSet == "classes" })
            #expect(closed.accuracy.allSatisfy { $0 >= 0.8 }, "units that are classes, described among the classes")
            #expect(evaluation.explanations.count == 1 && evaluation.layers?.points.count == 1)
            #expect(evaluation.errors?.rows.count == 3 * (Ranking.allCases.count - 1), "attribution has no anchors")
            #expect(evaluation.groups.count == 1 && evaluation.groups[0].class != nil)
            let figures = evaluation.figures
            #expect(Set(figures.map(\.name)).count == figures.count)
            #expect(figures.allSatisfy { $0.value.isFinite && $0.n > 0 })
            #expect(try layer.evaluation(request).figures == figures)
        }
    }

    @Test("descriptions do better than concepts drawn at random; those of a file are one more method")
    func explanations() throws {
        try small { layer, folder in
            let file = folder.appending(path: "descriptions.csv")
            try "layer,unit,description,similarity\nnorm,0,boot,0.3\nnorm,5,\"bag, closed\",0.2\n"
                .write(to: file, atomically: true, encoding: .utf8)
            let imported = try layer.importedDescriptions(file)
            #expect(imported == [0: "boot", 5: "bag, closed"])
            let table = try layer.explanationTable(seeds: 2, imported: imported)
            func row(_ method: UnitSetMethod) throws -> ExplanationTable.Row {
                try #require(table.rows.first { $0.method == method })
            }
            let (own, random) = (try row(.description), try row(.randomConcept))
            #expect(own.pearson.mean > random.pearson.mean + 0.2 && own.auprc.mean > random.auprc.mean + 0.1)
            #expect(own.noBetterThanChance < random.noBetterThanChance)
            #expect(try row(.imported).units == 2 && row(.networkDissection).byLabels == row(.networkDissection).units)
            let test = try #require(table.tests.first { $0.other == .randomConcept })
            #expect(test.correctedP < 0.01 && test.correctedP >= test.test.p)

            try "layer,unit\nnorm,0\n".write(to: file, atomically: true, encoding: .utf8)
            #expect(throws: (any Error).self) { try layer.importedDescriptions(file) }
            try "layer,unit,description\nnorm,96,boot\n".write(to: file, atomically: true, encoding: .utf8)
            #expect(throws: (any Error).self) { try layer.importedDescriptions(file) }
        }
    }

    @Test("an evaluation that was stopped goes on where it was, and gives what one that was not gives")
    func stopped() throws {
        try small { layer, _ in
            var request = EvaluationRequest()
            (request.seeds, request.sizes, request.shifts) = (1, [4], [])
            request.parts = [.explanations, .interventions, .errors]
            let counter = Steps()
            // The last of many steps is not reached: nothing is whole, and much is finished.
            let interrupted = Work(
                report: { if $0.phase == .evaluation { counter.take() } },
                checkCancellation: { if counter.count >= 14 { throw CancellationError() } })
            #expect(throws: CancellationError.self) { try layer.evaluation(request, interrupted) }
            let after = counter.count
            let resumed = try layer.evaluation(request).figures
            #expect(after == 14 && resumed.count > 50)
            #expect(try layer.evaluation(request, isResumed: false).figures == resumed)
            // A row that is there is taken: its figure is what was put in its place.
            let rows = try FinishedRows(layer)
            #expect(try rows.row(["test"]) { [1.5, 1.0 / 3] } == [1.5, 1.0 / 3])
            #expect(try rows.row(["test"]) { [0.0] } == [1.5, 1.0 / 3])
            #expect(try rows.row(["other"]) { [0.0] } == [0])
            #expect(try FinishedRows(layer, isReused: false).row(["test"]) { [2.0] } == [2])
        }
    }

    @Test("the sentence score is the cosine of description and name by the encoder")
    func sentences() throws {
        try small { layer, _ in
            let encoder = Samples.root.appending(path: "Tests/Goldens/sentences/bert").path
            let table = try #require(try layer.descriptionAccuracy(seeds: 1, sentences: SentenceScore(encoder)))
            let closed = try #require(table.rows.first { $0.method == .description && $0.conceptSet == "classes" })
            let score = try #require(closed.sentenceScore)
            #expect(score.count == table.units)
            assertClose(
                Float(score.values.max() ?? 0), 1, within: 1e-5,
                because: "a description that is the name has its vector")
            #expect(score.values.allSatisfy { $0 > -1.0001 && $0 < 1.0001 })
        }
    }

    @Test("scores come with the quality of units, of the same images whatever the order they were embedded in")
    func quality() throws {
        try small { layer, _ in
            let explanations = try #require(try layer.scoredDescriptions(.neuron))
            let qualities = try layer.qualities()
            #expect(qualities.count == layer.neurons.units.count)
            for (unit, quality) in qualities { #expect(quality.explanation == explanations[unit]) }
            #expect(explanations.values.allSatisfy { $0.scores?.images == 384 })
        }
    }
}
