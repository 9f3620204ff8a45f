import Foundation
import ScriptedExplorer
import Workbench

// Latency and throughput of the real program on the bundled study. `make bench` prints the table; absolute times depend
// on the machine, so the floor stands beside each. Some parts can be run alone: `miclip-bench features`, `miclip-bench
// keys`, `miclip-bench large` (a study of ImageNet's size, made in a temporary folder of 3 GB), `miclip-bench large
// STUDY`, `miclip-bench heat STUDY LAYER` (heat maps of nine images).

let alone = CommandLine.arguments.dropFirst()
if alone.contains("features") {
    try ManyFeatures.measure()
    try ManyFeatures.measureTyping()
}
if alone.contains("keys") { KeysAtSize.measure() }
if alone == ["large"] { try LargeStudy.run() }
if let part = alone.first, part.hasPrefix("large"), alone.count == 2 {
    try LargeStudy.part(part, URL(filePath: alone.last ?? ""))
}
if alone.first == "heat", alone.count == 3 {
    let words = Array(alone)
    try HeatBench.run(URL(filePath: words[1]), layer: words[2])
}
if alone.contains("map") { try MapBench.run(files: Array(alone.dropFirst())) }
if !alone.isEmpty { exit(0) }

let folder = FileManager.default.temporaryDirectory.appending(path: "miclip-bench-\(getpid()).study")
defer { try? FileManager.default.removeItem(at: folder) }

let clock = ContinuousClock()
print("Bundled study, \(ProcessInfo.processInfo.activeProcessorCount) cores\n")

var workbench = try Study(creating: folder, plan: .bundled).layer()
var began = clock.now
try workbench.extract()
let extraction = (clock.now - began) / .seconds(1)
began = clock.now
try workbench.align(workbench.alignmentParameters())
let alignment = (clock.now - began) / .seconds(1)
print("first start   extraction of 20,000 images, two models  \(format(extraction, 2)) s")
print("first start   alignment                                \(format(alignment, 2)) s")

var starts: [Double] = []
for _ in 0..<10 {
    began = clock.now
    workbench = try Study(opening: folder).layer()
    _ = try workbench.prepare()
    starts.append((clock.now - began) / .milliseconds(1))
}
print("second start  study in memory                          \(spread(starts)) ms")

let (explorer, opening) = ScriptedExplorer.opened(folder)
print("explorer      first frame of the study                 \(format(opening, 1)) ms")
print("explorer      the first letter, at once behind it       \(format(explorer.measureFirstLetter(), 1)) ms")
print(
    "explorer      concept key -> new ranked list on screen \(spread(explorer.measureConceptKeys())) ms (bound: 16 p99)"
)
print("explorer      β key -> new figures on screen           \(spread(explorer.measureBetaKeys())) ms (bound: 5 p99)")
print(
    "explorer      a held key for ten seconds, frame after key  \(spread(explorer.measureHeldKey())) ms (bound: 33 max)"
)
explorer.quit()

let study = try workbench.prepare()
// As the explorer does behind its first frame.
study.readAhead()
let words = ["boot", "sleeve", "striped dress", "dark", "footwear", "zipper"]
let locating = (0..<60).map { index in
    began = clock.now
    _ = try? study.locate(words[index % words.count])
    return (clock.now - began) / .milliseconds(1)
}
print("localization  a typed concept, text tower included     \(spread(locating)) ms")
let profiling = (0..<60).map { index in
    began = clock.now
    _ = try? study.profile(study.encoder.units[index])
    return (clock.now - began) / .milliseconds(1)
}
print("profile       of a unit, with its images               \(spread(profiling)) ms")

var curves: [Double] = []
for target in 0..<study.classes.names.count {
    let units = try study.locate(study.classes.names[target]).units.prefix(20).map(\.unit)
    began = clock.now
    _ = try study.curve(units: Array(units), operator: .scaling, target: target)
    curves.append((clock.now - began) / .milliseconds(1))
}
print("intervention  exact curve, 10,000 images x 10 classes  \(spread(curves)) ms")

try ManyFeatures.measure()
try ManyFeatures.measureTyping()
KeysAtSize.measure()
SteeringBench().run()
try LargeStudy.run()

func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// Median, 99th percentile and maximum.
func spread(_ values: [Double]) -> String {
    let sorted = values.sorted()
    guard let last = sorted.last else { return "none" }
    let p99 = sorted[min(sorted.count - 1, Int((0.99 * Double(sorted.count)).rounded(.up)) - 1)]
    return
        "p50 \(format(sorted[sorted.count / 2], 2))  p99 \(format(p99, 2))  max \(format(last, 2))  (n \(values.count))"
}
