import Analysis
import Foundation
import Workbench

/// A study of ImageNet's size: what each question costs once it is open.
enum LargeStudy {
    private static let clock = ContinuousClock()

    /// Makes one in a temporary folder and measures it, each in a process of its own, whose peak of memory is its own.
    static func run() throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "miclip-bench-large-\(getpid())")
        defer { try? files.removeItem(at: folder) }
        for part in ["large-inputs", "large-extract", "large-align", "large"] {
            fflush(nil)
            let process = Process()
            process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = [part, part == "large" ? study(in: folder).path : folder.path]
            try process.run()
            process.waitUntilExit()
        }
    }

    private static func study(in folder: URL) -> URL { folder.appending(path: "large.study") }

    /// Carries out what `run` asks of another process.
    static func part(_ name: String, _ folder: URL) throws {
        let inputs = LargeStudyInputs(folder: folder)
        switch name {
        case "large-inputs": try timed("images and model made") { try inputs.make() }
        case "large-extract":
            let study = try Study(creating: study(in: folder), plan: inputs.plan)
            try timed("extraction of 150,000 images") { try study.layer().extract() }
        case "large-align":
            let layer = try Study(opening: study(in: folder)).layer()
            try timed("alignment") { try layer.align(layer.alignmentParameters()) }
        default: try measure(folder)
        }
    }

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
        // The explorer does so behind its first frame.
        try timed("read ahead") { layer.readAhead() }
        var first: Double?
        var began = clock.now
        _ = try layer.profile(layer.encoder.units[0]) { _ in first = (clock.now - began) / .milliseconds(1) }
        report("first profile, without the classes it moves", first.map { [$0] } ?? [], "(bound: 33)")
        report("first profile, whole", [(clock.now - began) / .milliseconds(1)], "peak \(peakMemory() / 1024) MB")
        let profiles = try (1..<40).map { i in try time { _ = try layer.profile(layer.encoder.units[i]) } }
        report("a unit's profile", profiles, "(bound: 33)")
        let units = try layer.locate(classes[7]).units.prefix(20).map(\.unit)
        var (looks, curves): ([Double], [Double]) = ([], [])
        for size in 1...20 {
            let still = Intervention(units: Array(units.prefix(size)), operator: .scaling, beta: 1)
            let began = clock.now
            var look: Double?
            _ = try layer.curve(
                of: Steering(still), target: 7, over: -2...4, next: Array(units.dropFirst(size))
            ) { _ in look = (clock.now - began) / .milliseconds(1) }
            curves.append((clock.now - began) / .milliseconds(1))
            looks.append(look ?? curves[curves.count - 1])
        }
        report("τ, the first of a concept: figures", Array(looks.prefix(1)), "(bound: 33)")
        report("τ, the first of a concept: exact", Array(curves.prefix(1)), "peak \(peakMemory() / 1024) MB")
        report("τ: figures of a part of the images", Array(looks.dropFirst()), "(bound: 33)")
        report("τ: exact", Array(curves.dropFirst()), "")
        began = clock.now
        _ = try layer.firstSummaries(.neuron)
        report("first units described", [(clock.now - began) / .milliseconds(1)], "(bound: 33)")
        began = clock.now
        _ = try layer.summaries()
        report("all units described", [(clock.now - began) / .milliseconds(1)], "")
        print(status().filter { $0.hasPrefix("Rss") }.joined(separator: ", "))
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

    private static func status() -> [Substring] {
        ((try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "").split(separator: "\n")
    }

    /// Kilobytes.
    private static func peakMemory() -> Int {
        let line = status().first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
