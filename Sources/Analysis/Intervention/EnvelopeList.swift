import Algorithms
import LinearAlgebra

/// The envelopes of many images, flat in memory.
struct EnvelopeList: Sendable, Equatable {
    /// Where each image's winners begin, and where the last one's end.
    private var starts: [Int32] = [0]
    private var winners: [Int32] = []
    /// Beside each winner, the t from which it wins; -∞ for an image's first.
    private var since: [Double] = []
    /// Stretches where rounding could decide, by their lower ends.
    private var doubts: [Doubt] = []
    /// Those that are long (nearly parallel lines), and are looked through one by one.
    private var longDoubts: [Doubt] = []
    /// The longest of `doubts`.
    private var longest = 0.0

    private struct Doubt: Sendable, Equatable {
        var range: ClosedRange<Double>
        var image: Int32
    }

    /// The envelopes of all images, in chunks on all cores.
    ///
    /// - Parameter checkCancellation: asked now and then; throws to end the work.
    init(
        _ lines: ClassLines, over range: ClosedRange<Double>, checkCancellation: () throws -> Void
    ) rethrows {
        let images = lines.labels.count
        let contenders = lines.contenders()
        var found: [[Envelope]] = []
        for stretch in blocks(of: images, size: 8192) {
            try checkCancellation()
            found += parallelMap(blocks(of: stretch, size: 128)) { lines.envelopes(of: $0, over: range, contenders) }
            lines.release(stretch)
        }
        let short = (range.upperBound - range.lowerBound) * 1e-6
        starts.reserveCapacity(images + 1)
        for (image, envelope) in found.joined().enumerated() {
            winners += envelope.winners
            since.append(-.infinity)
            since += envelope.vertices
            starts.append(Int32(winners.count))
            for doubt in envelope.doubts {
                let doubt = Doubt(range: doubt, image: Int32(image))
                if doubt.range.upperBound - doubt.range.lowerBound > short {
                    longDoubts.append(doubt)
                } else {
                    doubts.append(doubt)
                }
            }
        }
        doubts.sort { $0.range.lowerBound < $1.range.lowerBound }
        longest = doubts.lazy.map { $0.range.upperBound - $0.range.lowerBound }.max() ?? 0
    }

    /// Calls `body` with an image's winners in order, each with the t from which it wins; nil for the first.
    func forEachSegment(of image: Int, _ body: (Double?, Int32) -> Void) {
        for position in Int(starts[image])..<Int(starts[image + 1]) {
            body(since[position] == -.infinity ? nil : since[position], winners[position])
        }
    }

    /// The class that the envelope says wins at `t`.
    func winner(of image: Int, at t: Double) -> Int {
        var position = Int(starts[image + 1]) - 1
        while since[position] > t { position -= 1 }
        return Int(winners[position])
    }

    /// The same of every image.
    func winners(at t: Double) -> [Int] { (0..<starts.count - 1).map { winner(of: $0, at: t) } }

    /// The images whose winner at `t` rounding could decide, each once.
    func doubtful(at t: Double) -> Set<Int> {
        var images: Set<Int> = []
        for doubt in longDoubts where doubt.range.contains(t) { images.insert(Int(doubt.image)) }
        for doubt in doubts[doubts.partitioningIndex { $0.range.lowerBound >= t - longest }...] {
            if doubt.range.lowerBound > t { break }
            if doubt.range.contains(t) { images.insert(Int(doubt.image)) }
        }
        return images
    }
}
