import Analysis
import Foundation
import TestSupport
import Testing
import Workbench

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
