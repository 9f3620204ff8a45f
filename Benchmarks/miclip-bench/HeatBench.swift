import Analysis
import Foundation
import Workbench

/// Heat maps over the images of a unit, as the explorer asks for them.
enum HeatBench {
    /// `miclip-bench heat STUDY LAYER`: nine images of ten units each, to the first map and to the last, and the answer when
    /// a place of an image is covered.
    static func run(_ study: URL, layer name: String) throws {
        let clock = ContinuousClock()
        let layer = try Study(opening: study).layer(name).prepare()
        let units = layer.encoder.units.filter { $0.index < 10 && $0.pole != .negative }
        var (first, last, covering): ([Double], [Double], [Double]) = ([], [], [])
        for (round, unit) in units.enumerated() {
            let began = clock.now
            var count = 0
            try layer.heatMaps(of: unit, images: (0..<9).map { round * 9 + $0 }) { _ in
                count += 1
                if count == 1 { first.append((clock.now - began) / .milliseconds(1)) }
            }
            last.append((clock.now - began) / .milliseconds(1))
            let start = clock.now
            let plain = try layer.covered(round, of: unit, cover: nil)
            let cover = Cover(row: 0, column: 0, filling: .grey)
            let answered = clock.now
            _ = try layer.covered(round, of: unit, cover: cover, before: plain.before)
            covering.append((clock.now - answered) / .milliseconds(1))
            if round == 0 { print("an image as it is: \(format((answered - start) / .milliseconds(1), 0)) ms") }
        }
        print("\(name), nine images: the first map  \(spread(first)) ms")
        print("\(name), nine images: the last       \(spread(last)) ms (bound: 2000)")
        print("\(name), a place covered             \(spread(covering)) ms")
    }
}
