import Analysis
import Explorer
import Foundation
import ScriptedExplorer
import Synchronization
import TestSupport
import Testing
import Workbench

/// The real loop with its effects, on real images and a terminal made of keys.
@Suite(.serialized) struct ExplorerLoopTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    /// A prepared study of 896 images.
    private func study(layers: String..., model: String? = nil, classes: [String]? = nil) throws -> URL {
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        plan.target.layers = layers
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        if let model { plan.target.model = model }
        if let classes {
            let list = folder.appending(path: "classes.txt")
            try Data(classes.joined(separator: "\n").utf8).write(to: list)
            plan.target.classes = list.path
        }
        let place = folder.appending(path: "a.study")
        _ = try Study(creating: place, plan: plan).layer().prepare()
        return place
    }

    /// - Parameter layer: the layer that is named, where the last session was need not matter.
    private func opened(_ study: URL, layer: String? = nil) -> ScriptedExplorer {
        let explorer = ScriptedExplorer(keepsLayer: layer == nil) { try Study(opening: study).layer(layer) }
        #expect(explorer.wait { $0.locate.found != nil })
        return explorer
    }

    private func keys(_ text: String) -> [Key] { text.map { Key.character($0) } }

    @Test("what is typed while a count goes on is answered, and the count of the new units ends")
    func typingWhileCounting() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let explorer = opened(try study(layers: "blocks.1"))
        explorer.press(.escape, .character("3"), .left, .left)
        #expect(explorer.wait { $0.steer.outcome != nil }, "a count has begun")
        explorer.press(.character("/"), .control("u"))
        explorer.send(keys("sandal"))
        #expect(explorer.wait { $0.locate.found?.concept == "sandal" })
        explorer.press(.escape)
        #expect(
            explorer.wait { state in
                guard let outcome = state.steer.outcome, let found = state.locate.found else { return false }
                return outcome.target == found.target
                    && outcome.steering.active.units == found.units.prefix(state.steer.setSize).map(\.unit)
                    && (outcome.2.isComplete || outcome.2.halfWidth <= 0.01)
            })
        explorer.quit()
        #expect(explorer.waitForEnd())
    }

    @Test("classes that are changed while a count goes on: the count that stands at last is of the new ones")
    func rewordingWhileCounting() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = [
            "t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ]
        let place = try study(layers: "blocks.1", model: "sample:clip", classes: names)
        let explorer = opened(place)
        explorer.press(.escape, .character("3"), .left, .left)
        explorer.press(.character("C"), .control("u"))
        explorer.send(keys("top") + [.enter])
        #expect(explorer.wait { $0.study?.words?.lines.first == "top" })
        #expect(explorer.wait { $0.steer.outcome?.2.isComplete == true })
        let state = try #require(explorer.state)
        let (steering, target, shown) = try #require(state.steer.outcome)
        explorer.quit()
        #expect(explorer.waitForEnd())
        // The same, counted by itself from nothing.
        let layer = try Study(opening: place).layer().prepare()
        let words: ClassWords = try #require(state.steer.list.words)
        let other = try layer.counting(words: words)
        #expect(try other.counted(steering, target: target.index) == shown)
        #expect(try layer.counted(steering, target: target.index) == layer.outcome(of: steering, target: target.index))
    }

    @Test("a layer that is chosen while a map takes shape is there, and the map that stands at last is its own")
    func switchingWhileMapping() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let explorer = opened(try study(layers: "norm", "blocks.3"))
        #expect(explorer.state?.study?.facts.layer == "norm")
        explorer.press(.escape, .character("5"), .character("L"), .down, .enter)
        #expect(explorer.wait { $0.study?.facts.layer == "blocks.3" })
        #expect(
            explorer.wait {
                $0.map.shown?.points.first?.unit.layer == "blocks.3" && $0.map.progress == nil
                    && $0.locate.found?.units.first?.unit.layer == "blocks.3"
            })
        explorer.quit()
        #expect(explorer.waitForEnd())
    }

    @Test("what was marked right before quitting is in the study, and the place is kept")
    func quittingWhileWriting() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = try study(layers: "norm")
        let explorer = opened(place)
        // Until its profile is there, a unit has nothing to be marked with, and the program says so.
        #expect(explorer.wait { $0.profile.shown != nil })
        explorer.send([.escape, .character("m"), .enter, .character("2"), .control("q")])
        #expect(explorer.waitForEnd())
        let study = try Study(opening: place).layer()
        let kept = try study.findings()
        #expect(kept.count == 1)
        let session = try #require(try study.savedPlace())
        #expect(try JSONDecoder().decode(Session.self, from: session).screen == .units)
    }

    @Test("a finding that was deleted in one start comes back with u in the next")
    func laterUndo() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = try study(layers: "norm")
        let first = opened(place)
        #expect(first.wait { $0.profile.shown != nil })
        first.press(.escape, .character("m"), .character("x"), .enter)
        #expect(first.wait { $0.findings.all.map(\.note) == ["x"] && $0.message?.text.hasPrefix("Kept") == true })
        first.press(.character("4"), .character("D"))
        #expect(first.wait { $0.findings.all.isEmpty && $0.findings.deleted == 1 })
        first.quit()
        #expect(first.waitForEnd())

        let second = opened(place)
        #expect(second.wait { $0.findings.deleted == 1 })
        second.press(.escape, .character("4"), .character("u"))
        #expect(second.wait { $0.findings.all.map(\.note) == ["x"] && $0.findings.deleted == 0 })
        second.press(.character("u"))
        #expect(second.wait { $0.message?.text == "Nothing was deleted" })
        second.quit()
        #expect(second.waitForEnd())
        #expect(try Study(opening: place).layer().findings().map(\.note) == ["x"])
    }

    @Test("a study that cannot be opened is said so, and quitting works")
    func unopened() {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Broken: Error {}
        let explorer = ScriptedExplorer { throw Broken() }
        #expect(explorer.wait { $0.stage == .failed("Broken()") })
        explorer.quit()
        #expect(explorer.waitForEnd())
    }

    @Test("where no study stands one is made from inside, with a wrong path told first, and opened")
    func making() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        let place = folder.appending(path: "made.study")
        let explorer = ScriptedExplorer(missing: place.path) { try Study(opening: place).layer() }
        func fill(_ steps: Int, _ text: String) {
            for _ in 0..<steps { explorer.press(.down) }
            explorer.press(.control("u"))
            explorer.send(keys(text))
        }
        #expect(explorer.wait { $0.newStudy.earlier != nil })
        fill(1, probe.path.dropLast(3) + "nothing")
        fill(1, heldOut.path)
        explorer.press(.enter)
        #expect(explorer.wait { $0.work.items.first?.phase == .failed })
        #expect(!FileManager.default.fileExists(atPath: place.path), "a wrong plan leaves nothing behind")
        explorer.press(.enter)
        fill(1, String(probe.path.dropLast(5)))
        #expect(
            explorer.wait { state in
                guard case .newStudy(let form) = state.overlay else { return false }
                return form.current?.completions == [probe.path]
            })
        explorer.press(.tab, .enter)
        #expect(explorer.wait { $0.work.items.last?.progress != nil })
        #expect(explorer.wait { $0.study?.facts.probeImages == 512 && $0.locate.found != nil })
        #expect(explorer.state?.study?.facts.study == place.path)
        explorer.press(.escape, .character("2"))
        explorer.quit()
        #expect(explorer.waitForEnd())
        let session = try #require(try Study(opening: place).layer().savedPlace())
        #expect(try JSONDecoder().decode(Session.self, from: session).screen == .units)
    }

    @Test("two layers are compared beside, and the answer is the command line's")
    func comparing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = try study(layers: "norm", "blocks.3")
        _ = try Study(opening: place).layer("blocks.3").prepare()
        let explorer = opened(place)
        explorer.press(.escape, .character("L"), .down, .character("c"))
        #expect(explorer.wait { !$0.layerComparison.known.isEmpty })
        let shown = try #require(explorer.state?.layerComparison.known.first)
        explorer.quit()
        #expect(explorer.waitForEnd())
        let first = try Study(opening: place).layer().prepare()
        let second = try Study(opening: place).layer("blocks.3").prepare()
        let found = try first.comparison(
            with: second,
            ComparisonRequest(first: first.place, second: second.place, concepts: first.comparedConcepts))
        #expect(shown.key.second.layer == "blocks.3")
        #expect(shown.value.sections == found.sections)
    }

    @Test("the next start goes back to the layer that was left, but for one that is named")
    func layerOfTheSession() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = try study(layers: "norm", "blocks.3")
        _ = try Study(opening: place).layer("blocks.3").prepare()
        let first = opened(place)
        first.press(.escape, .character("L"), .down, .enter)
        #expect(first.wait { $0.study?.facts.layer == "blocks.3" })
        first.quit()
        #expect(first.waitForEnd())

        let second = opened(place)
        #expect(second.wait { $0.study?.facts.layer == "blocks.3" })
        second.quit()
        #expect(second.waitForEnd())

        let named = opened(place, layer: "norm")
        #expect(named.wait { $0.profile.shown != nil })
        #expect(named.state?.study?.facts.layer == "norm")
        named.quit()
        #expect(named.waitForEnd())
    }

    @Test("an evaluation fills in while keys are answered; stopped, it goes on from what the study kept")
    func evaluating() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = try study(layers: "norm")
        let explorer = opened(place)
        explorer.press(.escape, .character("E"))
        #expect(explorer.wait { !$0.evaluation.sections.isEmpty })
        // Out of sight; another screen answers meanwhile.
        explorer.press(.character("q"), .character("2"))
        #expect(explorer.wait { $0.screen == .units && $0.units.selected != nil })
        explorer.press(.character("E"), .escape)
        #expect(explorer.wait { $0.evaluation.phase == .stopped || $0.evaluation.phase == .whole })
        explorer.press(.enter)
        #expect(explorer.wait { $0.evaluation.phase == .running || $0.evaluation.phase == .whole })
        explorer.quit()
        #expect(explorer.waitForEnd())
    }

    @Test("a job that fails says why, and the next one is answered")
    func failingJob() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let explorer = opened(try study(layers: "norm"))
        explorer.press(.character("/"), .control("u"))
        explorer.send(keys("norm:500+"))
        #expect(explorer.wait { $0.message?.tone == .failure && $0.message?.text.contains("norm:500+") == true })
        explorer.press(.control("u"))
        explorer.send(keys("norm:5-"))
        #expect(explorer.wait { $0.locate.found?.units.map(\.unit.description) == ["norm:5-"] })
        explorer.quit()
        #expect(explorer.waitForEnd())
    }
}
