import Analysis
import Foundation
import Workbench

/// A study of ImageNet's size, such as Benchmarks/imagenet_size.py makes: what each question costs once it is open.
enum LargeStudy {
    private static let clock = ContinuousClock()

    static func measure(_ folder: URL) throws {
        let workbench = try timed("opening") { try Study(opening: folder).layer() }
        let layer = try timed("layer in memory") { try workbench.prepare() }
        let classes = layer.classes.names
        try timed("first class located") { _ = try layer.locate(classes[1]) }
        try timed("first estimate and first list of a typed concept") {
            _ = try layer.locate("first", estimate: { _ in })
        }
        var (estimates, exact): ([Double], [Double]) = ([], [])
        for word in ["boot", "striped dress", "something to carry", "dark", "footwear", "light coat"] {
            for length in 1...word.count {
                let began = clock.now
                var first: Double?
                let typed = String(word.prefix(length)) + "~"
                _ = try layer.locate(typed) { _ in first = (clock.now - began) / .milliseconds(1) }
                exact.append((clock.now - began) / .milliseconds(1))
                estimates.append(first ?? exact[exact.count - 1])
            }
        }
        report("a typed letter, estimate", estimates, "(bound: 16 p99)")
        report("a typed letter, exact list", exact, "(bound: 100)")
        report("a class's units", try (0..<40).map { c in try time { _ = try layer.locate(classes[c]) } }, "")
        try timed("facts (accuracy)") { _ = try layer.facts }
        try timed("first profile") { _ = try layer.profile(layer.encoder.units[0]) }
        let profiles = try (1..<40).map { i in try time { _ = try layer.profile(layer.encoder.units[i]) } }
        report("a unit's profile", profiles, "(bound: 33)")
        let units = try layer.locate(classes[7]).units.prefix(20).map(\.unit)
        let curves = try (1...10).map { size in
            try time { _ = try layer.curve(units: Array(units.prefix(2 * size)), operator: .scaling, target: 7) }
        }
        report("τ: a new curve", curves, "(bound: 33)")
        try timed("all units described") { _ = try layer.summaries() }
        report("peak memory", [Double(peakMemory()) / 1024], "MB (bound: 600)")
    }

    @discardableResult
    private static func timed<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
        let began = clock.now
        let result = try body()
        report(what, [(clock.now - began) / .milliseconds(1)], "peak \(peakMemory() / 1024) MB")
        return result
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let began = clock.now
        try body()
        return (clock.now - began) / .milliseconds(1)
    }

    private static func report(_ what: String, _ times: [Double], _ bound: String) {
        print("large study   \(what)".padding(toLength: 63, withPad: " ", startingAt: 0) + "\(spread(times)) \(bound)")
    }

    /// Kilobytes.
    private static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
