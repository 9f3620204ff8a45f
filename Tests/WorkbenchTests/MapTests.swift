import Analysis
import Foundation
import Pictures
import Synchronization
import TestSupport
import Testing
import WordNet
import Workbench

/// The map of a small study of real images, and its pictures.
@Suite struct MapTests {
    private func parameters() -> TSNEParameters {
        var parameters = TSNEParameters(perplexity: 10, seed: 4)
        parameters.iterations = 300
        return parameters
    }

    @Test("a map is laid out once: the second time it comes from the study; a stopped one leaves nothing behind")
    func caching() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "a.study")
        let workbench = try TargetLayer.created(at: url, plan: .small(in: folder))
        let study = try workbench.prepare()
        let labels = folder.appending(path: "labels.txt")
        try study.concepts.names.enumerated().map { "\($1)\t\(["even", "odd"][$0 % 2])" }
            .joined(separator: "\n").write(to: labels, atomically: true, encoding: .utf8)
        let categories = try SuperCategories(labels: labels)

        struct Stop: Error {}
        let steps = Mutex(0)
        let stopping = Work(checkCancellation: { if steps.withLock({ $0 }) >= 20 { throw Stop() } })
        #expect(throws: Stop.self) {
            try study.map(parameters: parameters(), categories: categories, stopping) { map, step in
                steps.withLock { $0 = step.iteration }
                if step.iteration == 10 { #expect(map.points.contains { $0.x != 0 }, "partial layouts are shown") }
            }
        }
        #expect(steps.withLock { $0 } == 20)

        var iterations = 0
        let map = try study.map(parameters: parameters(), categories: categories) { _, step in
            iterations = step.iteration
        }
        #expect(iterations == 300, "nothing of the stopped layout was kept")
        #expect(map.points.map(\.unit) == study.encoder.units)
        #expect(Set(map.categories).isSubset(of: ["even", "odd"]) && map.sizes(.category).reduce(0, +) == 192)
        #expect(map.sizes(.class) == map.sizes(.class).sorted(by: >))
        #expect(map.classSilhouette?.points == 192 && map.divergence?.isFinite == true)

        iterations = 0
        let reopened = try TargetLayer.opened(at: url)
        let again = try reopened.prepare().map(parameters: parameters(), categories: categories) {
            iterations = $1.iteration
        }
        #expect(iterations == 0 && again == map)
        var other = parameters()
        other.seed = 5
        #expect(try study.map(parameters: other, categories: categories).points != map.points)
    }

    private let map: UnitMap = {
        let units = (0..<3).map { InternalUnit(layer: "a<b&c", index: $0) }
        return UnitMap(
            points: units.map {
                UnitMap.Point(
                    unit: $0, x: Float($0.index), y: 0, concept: RankedConcept(concept: "\"x\" & <y>", score: 0.5),
                    category: 0, class: $0.index)
            }, categories: ["other"], classes: ["one", "two", "three"], perplexity: 1, seed: 0)
    }()

    @Test("an SVG map is well-formed, with a point and its tooltip for each unit, whatever their names")
    func svg() throws {
        let picture = map.picture(.svg, coloring: .class)
        let text = String(decoding: picture, as: UTF8.self)
        // Three points and three entries of the legend.
        #expect(text.components(separatedBy: "<circle ").count - 1 == 6)
        #expect(
            text.contains(
                "<title>a&lt;b&amp;c:2: &quot;x&quot; &amp; &lt;y&gt; (0.50) – other, most active on three</title>"))
        // Every element is closed, and in order.
        var open: [Substring] = []
        for tag in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1).compactMap({
            $0.split(separator: ">").first
        }) {
            if tag.hasPrefix("/") {
                #expect(open.popLast() == tag.dropFirst())
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
        }
        #expect(open.isEmpty)
    }

    @Test("a PNG map has the picture's size and its points' colours")
    func png() throws {
        let picture = map.picture(.png, coloring: .class)
        #expect(picture.prefix(8) == Data([137, 80, 78, 71, 13, 10, 26, 10]))
        #expect(Array(picture[16..<24]) == [0, 0, 7, 208, 0, 0, 5, 240], "2,000 x 1,520")
        #expect(picture != map.picture(.png, coloring: .category), "other colours")
        #expect(MapFormat(file: URL(filePath: "/a/b.PNG")) == .png && MapFormat(file: URL(filePath: "b.pdf")) == nil)
    }
}
