import Analysis
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing
import VisionModels
import Workbench

/// Steering on 896 real images: several interventions, every depth, counts that go on.
@Suite struct SteeringStudyTests {
    private let folder: URL
    private let small: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        small = try .small(in: folder)
    }

    private func workbench(_ name: String, layer: String) throws -> TargetLayer {
        var plan = small
        plan.target.layers = [layer]
        return try TargetLayer.created(at: folder.appending(path: name), plan: plan)
    }

    /// Boots up, bags away, and a shift of shirts.
    private func steering(_ study: StudiedLayer) throws -> Steering {
        func units(_ concept: String, _ count: Int) throws -> [InternalUnit] {
            try study.locate(concept).units.prefix(count).map(\.unit)
        }
        return Steering(
            [
                Intervention(units: try units("ankle boot", 20), operator: .scaling, beta: 1.75),
                Intervention(units: try units("bag", 10), operator: .scaling, beta: 0),
                Intervention(units: try units("shirt", 12), operator: .adding, beta: 0.75),
            ], moving: 1)
    }

    @Test("behind the last norm the closed form equals the forward pass run with the edit")
    func closedForm() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench("c.study", layer: "blocks.3").prepare()
        #expect(try study.heldOut.remainder.kind == .normalized)
        #expect(try study.heldOut.activations.shape.count == 2, "the other tokens are not kept")
        let steering = try steering(study)
        let images = Array(0..<64)
        let model = try loadTargetModel(at: Samples.folder.appending(path: "target-vit"))
        let source = try IDXImages(images: URL(filePath: small.heldOutImages), labels: nil)
        let pixels = try source.pixels(0..<64, as: model.preprocessing, for: model.input)
        let point = try #require(model.hookPoint(named: "blocks.3"))
        for edit in [
            steering, steering.at(3), Steering([Intervention(units: [], operator: .scaling, beta: 1)], moving: 0),
        ] {
            // The edit acts on the class token, as the closed form assumes.
            let forward = model.logits(
                pixels,
                hooks: Hooks(at: point) { x in
                    let shape = x.shape
                    x = x.reshaped([shape[0] * shape[1], shape[2]])
                    edit.apply(to: &x, rows: Array(stride(from: 0, to: shape[0] * shape[1], by: shape[1])))
                    x = x.reshaped(shape)
                })
            let closed = try study.editedLogits(images, edit)
            assertClose(closed, forward, within: 1e-5, because: "both are sums in float32 of 96 or 128 terms")
        }
        let outcome = try study.outcome(of: steering, target: 9)
        let sweep = try study.sweep(of: steering, target: 9, at: [0])
        #expect(sweep.first?.accuracy == outcome.after)
        #expect(outcome.isComplete)
        #expect(try outcome.before.overall == study.facts.accuracy)
    }

    @Test("several interventions on a linear rest: the curve of any one agrees with the edited activations")
    func composed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench("n.study", layer: "norm").prepare()
        var steering = try steering(study)
        for moving in 0..<3 {
            steering.moving = moving
            let curve = try study.curve(of: steering.curveSubject, target: 9)
            for beta in [0.0, 1, 1.5, -1] {
                let logits = try study.editedLogits(Array(0..<384), steering.at(beta))
                let right = zip(logits.argmax(), try study.heldOut.labels).count { $0 == $1 }
                // A float32 tie between two classes may fall either way.
                #expect(abs(curve.accuracy(at: beta).overall - Double(right) / 384) <= 1.0 / 384)
            }
            let changes = curve.changes(at: 0)
            let flips = curve.flips(at: 0)
            #expect(changes.flippedIn.count == flips.right && changes.flippedOut.count == flips.wrong)
            let (after, before) = (curve.accuracy(at: 0).overall, curve.before.overall)
            #expect(abs((after - before) * 384 - Double(flips.right - flips.wrong)) < 1e-9)
        }
        let inspection = try study.inspection(of: steering.at(0))
        #expect(inspection.images.allSatisfy { $0.before.count == 5 && $0.after.count == 5 })
        #expect(inspection.images.allSatisfy { $0.before[0].name != $0.after[0].name })
    }

    @Test("a count stops at the wanted half-width, goes on from there in a later run, and is never run twice")
    func partialCounts() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let steering: Steering
        let early: InterventionOutcome
        do {
            let workbench = try workbench("d.study", layer: "blocks.2")
            let study = try workbench.prepare()
            #expect(try study.heldOut.remainder.kind == .resumed)
            steering = try self.steering(study)
            early = try study.outcome(of: steering, target: 9, halfWidth: 0.4)
            #expect(early.images == 256 && early.imagesInAll == 384)
            let interval = early.classInterval
            #expect(interval.contains(early.after.ofClass) && interval.upperBound > interval.lowerBound)
        }
        let again = try TargetLayer.opened(at: folder.appending(path: "d.study"))
        let study = try again.prepare()
        var ran: [Int] = []
        let unhurried = try study.counted(steering, target: 9, learn: { ran += $0.images })
        #expect(ran.count == 384)
        let seen = Mutex<[InterventionOutcome]>([])
        let whole = try study.outcome(of: steering, target: 9) { outcome in
            seen.withLock { $0.append(outcome) }
        }
        #expect(whole == unhurried, "half of it came from the study, and nothing differs")
        #expect(seen.withLock { $0.first } == early)
        let replayed = try study.outcome(of: steering, target: 9, limit: early.images)
        #expect(replayed == early, "what a session had counted, though all is known by now")
        let other = try study.outcome(of: steering, target: 5) { _ in
            Issue.record("another class is read off the same predictions")
        }
        #expect(other.after.overall == whole.after.overall)
        let inspection = try study.inspection(of: steering)
        #expect(inspection.counted == 384)
    }

    @Test("the fit keeps its bound on the half it saw, and reports on the other")
    func fit() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench("f.study", layer: "norm").prepare()
        let steering = try steering(study)
        let ranges = [-2.0...4, -2...4, -5...5]
        let fit = try study.fit(steering, [0, 1, 2], ranges: ranges, target: 6, bound: 0.01)
        #expect(fit.fitted.images + fit.reported.images == 384)
        #expect(fit.fitted.before.ofOthers - fit.fitted.after.ofOthers <= 0.01 + 1e-9)
        #expect(fit.fitted.after.ofClass > fit.fitted.before.ofClass, "something is to be gained for shirts")
        #expect(zip(fit.betas, ranges).allSatisfy { $1.contains($0) })
        let free = try study.fit(steering, [0, 1, 2], ranges: ranges, target: 6, bound: 1)
        #expect(free.fitted.after.ofClass >= fit.fitted.after.ofClass)
    }

    @Test("unit sets found on the first images are evaluated on others")
    func otherImages() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench("o.study", layer: "norm")
        let study = try workbench.prepare()
        let other = try study.counting(on: small.probeImages)
        #expect(try other.facts.heldOutImages == 512)
        #expect(try other.locate("boot") == study.locate("boot"))
        #expect(try other.heldOut.labels != study.heldOut.labels)
    }
}
