import Analysis
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing
import Workbench

/// Attribution where more than a head follows the layer.
@Suite struct AttributionStudyTests {
    private let folder: URL
    private let small: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        small = try .small(in: folder)
    }

    private func layer(_ name: String, _ layer: String, pooling: String = "cls") throws -> StudiedLayer {
        var plan = small
        (plan.target.layers, plan.target.pooling) = ([layer], pooling)
        return try TargetLayer.created(at: folder.appending(path: name), plan: plan).prepare()
    }

    /// Scores by unit.
    private func scores(_ study: StudiedLayer, _ work: Work = Work()) throws -> [Float] {
        var scores = [Float](repeating: .nan, count: study.encoder.count)
        for found in try study.locate("sneaker", ranking: .attribution, work).units {
            scores[found.unit.index] = found.score
        }
        return scores
    }

    @Test("behind the last block the way back gives what the formula of the norm and the head gives")
    func wayBack() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // An edit of all tokens reaches the head through the class token alone, and has no formula.
        let (formula, back) = (try layer("a.study", "blocks.3"), try layer("b.study", "blocks.3", pooling: "mean"))
        #expect(try formula.heldOut.remainder.kind == .normalized && back.heldOut.remainder.kind == .resumed)
        assertClose(
            try scores(back), try scores(formula), within: 1e-4, because: "the same gradient in another order of sums")
    }

    @Test("a way back that was stopped goes on, and is gone once")
    func resuming() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Stop: Error {}
        let (whole, stopped) = (try layer("a.study", "blocks.1"), try layer("b.study", "blocks.1"))
        let expected = try scores(whole)
        let seen = Mutex<[WorkProgress]>([])
        let work = Work(
            report: { progress in seen.withLock { $0.append(progress) } },
            checkCancellation: { if seen.withLock({ $0.last?.completed ?? 0 }) > 0 { throw Stop() } })
        #expect(throws: Stop.self) { try scores(stopped, work) }
        let done = try #require(seen.withLock { $0.last })
        #expect(done.phase == .gradients && done.completed < 512, "stopped between two batches")
        let rest = Mutex<[WorkProgress]>([])
        let watching = Work(report: { progress in rest.withLock { $0.append(progress) } })
        #expect(try scores(stopped, watching) == expected)
        #expect(rest.withLock { $0.first?.completed } == done.completed, "from where it was stopped")
        let again = Mutex(0)
        #expect(try scores(stopped, Work(report: { _ in again.withLock { $0 += 1 } })) == expected)
        #expect(again.withLock { $0 } == 0, "nothing was left to do")
    }
}
