import Analysis
import Foundation
import TestSupport
import Testing
import Workbench

/// The table's rows, controls and tests, on a small study.
@Suite(.serialized) struct InterventionTableTests {
    private func small(_ body: (StudiedLayer) throws -> Void) throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        try body(TargetLayer.created(at: folder.appending(path: "t.study"), plan: plan).prepare())
    }

    @Test("every ranking, baseline and control has its row; a seed counts only where it matters")
    func rows() throws {
        try small { layer in
            var request = InterventionTableRequest()
            (request.sizes, request.seeds, request.shifts) = ([4], 2, [1, -1])
            request.hasAllSimilarities = true
            let table = try layer.interventionTable(request)
            let methods = Set(table.cells.map(\.method))
            for control in [UnitSetMethod.random, .classDeparture, .contribution.ofRandomConcepts] {
                let cells = table.cells.filter { $0.method == control }
                #expect(cells.count == 4 && cells.allSatisfy { $0.role == .control }, "\(control)")
            }
            for baseline in PublishedSimilarity.allCases.map(\.method) + [.actValues] {
                #expect(methods.contains(baseline) && methods.contains(baseline.ofTwoPoles), "\(baseline)")
            }
            for cell in table.cells where cell.role == .baseline || cell.method == .classDeparture {
                #expect(cell.byClass.count == 1 && cell.classHalfWidth == nil, "no seed touches \(cell.method)")
            }
            for method in [UnitSetMethod.random, .contribution.ofRandomConcepts] {
                let cell = try #require(table.cells.first { $0.method == method })
                #expect(cell.byClass.count == 2 && cell.byClass[0] != cell.byClass[1])
            }
            #expect(table.dissected == "labels of the probe images")
            #expect(table.cells.allSatisfy { $0.byClass[0].count == table.classes })
        }
    }

    @Test("a part of the other images moves no figure of a class, and estimates the others")
    func part() throws {
        try small { layer in
            var request = InterventionTableRequest()
            (request.sizes, request.seeds) = ([8], 1)
            let whole = try layer.interventionTable(request)
            request.otherImages = 300
            let part = try layer.interventionTable(request)
            #expect(part.otherImages == 300 && whole.otherImages == nil)
            for (a, b) in zip(whole.cells, part.cells) {
                #expect(a.method == b.method && a.byClass == b.byClass)
                #expect(abs(a.otherMean - b.otherMean) < 2, "300 of 384 images")
            }
        }
    }

    @Test("tests pair classes and seeds, and the sentences say what they say")
    func tests() throws {
        func cell(_ method: UnitSetMethod, _ role: UnitSetRole, _ beta: Double, _ changes: [[Double]])
            -> InterventionCell
        {
            InterventionCell(
                kind: .neuron, method: method, role: role, operator: .scaling, units: 5, beta: beta, byClass: changes,
                othersByClass: changes.map { $0.map { _ in 0 } })
        }
        func table(control: [Double]) -> InterventionTable {
            var table = InterventionTable(cells: [], images: 9, classes: 4, dissected: "labels")
            table.references = [.neuron: .contribution]
            table.cells = [
                cell(.contribution, .ranking, 2, [[4, 5, 6, 5], [5, 5, 6, 6]]),
                cell(.contribution, .ranking, 0, [[-10, -9, -12, -9], [-9, -9, -12, -10]]),
                cell(.actValues, .baseline, 2, [[1, 1, 2, 1]]), cell(.actValues, .baseline, 0, [[-2, -2, -1, -3]]),
                cell(.classDeparture, .control, 2, [control]),
                cell(.classDeparture, .control, 0, [control.map { -2 * $0 }]),
            ]
            return table
        }
        let level = table(control: [5, 5, 6, 5])
        #expect(level.tests.count == 4)
        let baseline = try #require(level.tests.first { $0.other == .actValues && $0.pairs == .classes })
        #expect(baseline.isAhead && baseline.test.count == 4)
        #expect(abs(baseline.test.difference - (15.25 - 3.25)) < 1e-9)
        let seeds = try #require(level.tests.first { $0.other == .actValues && $0.pairs == .seeds })
        #expect(seeds.test.count == 2, "two seeds of one side against the one figure of the other")
        #expect(level.summary.count == 3)
        #expect(
            level.summary[0].hasPrefix("neurons: contribution moves its class over 4 classes, more than act-values"))
        #expect(level.summary[1].contains("class-departure"))
        #expect(level.summary[2].contains("over 4 classes, not more than class-departure"))
        let behind = table(control: [0.5, 0, 0.2, 0.3])
        #expect(behind.summary[2].contains("over 4 classes, more than class-departure"))
    }
}
