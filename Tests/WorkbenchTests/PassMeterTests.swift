import TestSupport
import Testing
import Workbench

@Suite("How far an extraction is")
struct PassMeterTests {
    @Test("The time left is that of both image sets; what goes through the concept space takes its own time")
    func bothSets() {
        let probe = PassMeter.Extent(rows: 100, completed: 0, images: 100, embeddings: 100)
        let heldOut = PassMeter.Extent(rows: 60, completed: 20, images: 40, embeddings: 0)
        var meter = PassMeter([probe, heldOut], note: "model 1 of 2")
        let first = meter.begin(probe)
        #expect(first.completed == 0 && first.total == 160 && first.secondsLeft == nil && first.note == "model 1 of 2")
        // Ten images a second through the target model, a fifth of a second each through the concept space.
        let second = meter.finish(to: 50, images: 50, embeddings: 50, embeddingSeconds: 10, lapSeconds: 15)
        #expect(second.completed == 50)
        assertClose(Float(second.secondsLeft ?? -1), (100 - 50) * 0.3 + 40 * 0.1, within: 1e-5, because: "sums")
        assertClose(Float(second.rate ?? -1), 50 / 15, within: 1e-5, because: "a quotient")
        _ = meter.finish(to: 100, images: 50, embeddings: 50, embeddingSeconds: 10, lapSeconds: 15)
        let third = meter.begin(heldOut)
        #expect(third.completed == 120 && third.rate == nil)
        let last = meter.finish(to: 60, images: 40, embeddings: 0, embeddingSeconds: 0, lapSeconds: 4)
        #expect(last.completed == 160 && last.secondsLeft == 0)
        assertClose(Float(last.rate ?? -1), 10, within: 1e-5, because: "of this set alone")
    }
}
