import Foundation
import Synchronization
import TestSupport
import Testing
import VisionModels
import Workbench

/// Shares of an extraction, and joining them.
@Suite struct ShardTests {
    private let folder: URL
    private var plan: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        plan = try .small(in: folder)
        plan.target.layers = ["blocks.2"]
    }

    private func place(_ name: String) -> URL { folder.appending(path: name) }

    private func extract(_ name: String, _ shard: Shard? = nil, layer: String? = nil) throws -> URL {
        var plan = plan
        plan.shard = shard
        if let layer { plan.target.layers = [layer] }
        try TargetLayer.created(at: place(name), plan: plan).extract()
        return place(name)
    }

    /// Every file of activations, by name.
    private func files(_ study: URL) throws -> [String: Data] {
        let folder = study.appending(path: "activations")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) { files, name in
            files[name] = try Data(contentsOf: folder.appending(path: name))
        }
    }

    @Test("joined shares are a single run, byte for byte", arguments: [2, 3])
    func joining(count: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try extract("whole.study")
        let shares = try (1...count).map { try extract("part\($0).study", Shard(index: $0, count: count)) }
        // Moved, and in another order.
        let moved = place("elsewhere.study")
        try FileManager.default.moveItem(at: shares[0], to: moved)
        let joined = place("joined.study")
        try Study.merge(shares.dropFirst().reversed() + [moved], into: joined)

        let (expected, found) = (try files(whole), try files(joined))
        #expect(expected.count == 5, "activations and logits of two sets, embeddings of one")
        #expect(found.keys.sorted() == expected.keys.sorted(), "the names are the digests")
        for (name, bytes) in expected { #expect(found[name] == bytes) }
        try Study.merge([moved] + shares.dropFirst(), into: joined)

        let study = try TargetLayer.opened(at: joined).prepare()
        let reference = try TargetLayer.opened(at: whole).prepare()
        #expect(study.encoder == reference.encoder)
        #expect(try study.facts.accuracy == reference.facts.accuracy)
    }

    @Test("on a disk that machines share no database is worked on; a share that is stopped goes on from its copy")
    func copies() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try extract("whole.study")
        let share = place("shared/001")
        var plan = plan
        plan.shard = Shard(index: 1, count: 1)
        var stopped = 0
        for attempt in 0..<20 {
            // Another machine each time: what lies on its own disk is gone.
            let scratch = place("scratch\(attempt)")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            let study = try Study(at: share, workingIn: scratch) { plan }
            let calls = Mutex(0)
            let work = Work(checkCancellation: {
                let found = try FileManager.default.contentsOfDirectory(atPath: share.path)
                #expect(Set(found) == ["activations", "study.sqlite"], "neither log nor shared memory")
                if calls.withLock({ calls in
                    calls += 1; return calls > 2 + attempt
                }) {
                    throw CancellationError()
                }
            })
            do {
                try study.extract(work)
                break
            } catch is CancellationError {
                stopped += 1
            }
            try FileManager.default.removeItem(at: scratch)
        }
        #expect(stopped > 1 && stopped < 20)
        try Study.merge([share], into: place("joined.study"))
        #expect(try files(place("joined.study")) == files(whole))
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: share.path)) == ["activations", "study.sqlite"])
        // Who opens it as an ordinary study loses nothing, and neither does who goes on then.
        do { _ = try Study(opening: share) }
        let scratch = place("scratch")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        let report = try Study(at: share, workingIn: scratch) { plan }.extract()
        #expect(report.embedded == 0 && report.run.isEmpty)
    }

    @Test("missing, repeated, foreign and whole studies are refused; a share is no study")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try extract("a.study", Shard(index: 1, count: 2))
        let second = try extract("b.study", Shard(index: 2, count: 2))
        let other = try extract("c.study", Shard(index: 2, count: 2), layer: "norm")
        let whole = try extract("whole.study")
        let joined = place("joined.study")
        #expect(throws: WorkbenchError.missingShares(["2/2"])) { try Study.merge([first], into: joined) }
        #expect(throws: WorkbenchError.repeatedShare("1/2", studies: [first.path, first.path])) {
            try Study.merge([first, second, first], into: joined)
        }
        #expect(throws: WorkbenchError.foreignShare(study: other.path, first: first.path)) {
            try Study.merge([first, other], into: joined)
        }
        #expect(throws: WorkbenchError.notAShare(study: whole.path)) {
            try Study.merge([first, whole], into: joined)
        }
        var foreign = self.plan
        foreign.target.layers = ["norm"]
        let occupied = place("occupied.study")
        _ = try TargetLayer.created(at: occupied, plan: foreign)
        #expect(throws: WorkbenchError.foreignStudy(study: occupied.path)) {
            try Study.merge([first, second], into: occupied)
        }
        #expect(throws: WorkbenchError.isShare(study: first.path)) { _ = try TargetLayer.opened(at: first).prepare() }
        var share = self.plan
        share.shard = Shard(index: 1, count: 2)
        let begun = place("begun.study")
        _ = try TargetLayer.created(at: begun, plan: share)
        #expect(throws: WorkbenchError.unfinishedShare(study: begun.path)) {
            try Study.merge([begun, second], into: joined)
        }
        #expect(!FileManager.default.fileExists(atPath: joined.path), "nothing was begun")
    }

    @Test(
        "whole batches are run at once, four images for every core",
        arguments: [(8, 1, 8), (8, 2, 8), (8, 3, 16), (16, 4, 16), (8, 16, 64), (12, 64, 264), (256, 64, 256)])
    func together(batchSize: Int, cores: Int, images: Int) {
        #expect(imagesTogether(batchSize: batchSize, cores: cores) == images)
    }

    @Test("a share is named i/n with 1 ≤ i ≤ n")
    func names() {
        #expect(Shard("2/4") == Shard(index: 2, count: 4))
        #expect(Shard("2/4")?.description == "2/4")
        for wrong in ["0/4", "5/4", "2", "2/", "/4", "a/b", "1/2/3", ""] { #expect(Shard(wrong) == nil) }
    }
}
