import Files
import Workbench

/// JSON of `verify`.
struct VerificationDocument: Encodable {
    struct Difference: Encodable {
        var name: String
        var reported, found: Double
    }

    /// A value of the tables, by its place in the JSON, as JSON has it; what is not there is left out.
    struct Value: Encodable {
        var place: String
        var reported, found: String?
    }

    /// Figures compared.
    var compared: Int
    var differing: [Difference]
    /// Figures of the report that the evaluation does not have, and the other way round.
    var missing, leftOut: [String]
    /// Values of the report's tables that were compared, and those that differ.
    var tableValues: Int
    var otherValues: [Value]
    /// What the figures depend on and that is another now.
    var otherDigests: [String]
    /// Lines of a page that are others than in a page made again; nil of JSON.
    var otherLines: [PageComparison.Line]?

    /// What is no figure, or is told otherwise: who asked for what, where, and what is compared by name.
    private static let notCompared: Set = [
        "study", "model", "command", "note", "digests", "figures", "request", "audit", "comparison",
    ]

    /// - Parameters:
    ///   - reported: the whole report, its known parts and as it stands in the file.
    ///   - found: the same, computed again.
    init(
        _ known: Verify.Known, _ reported: JSON, figures: [EvaluationFigure], digests: [String: String], found: JSON,
        tolerance: Double
    ) {
        let own = Dictionary(figures.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        missing = known.figures.filter { own[$0.name] == nil }.map(\.name)
        let named = Set(known.figures.map(\.name))
        leftOut = figures.filter { !named.contains($0.name) }.map(\.name)
        let both = known.figures.compactMap { figure in own[figure.name].map { (figure, $0) } }
        compared = both.count
        differing = both.filter { !Self.isNear($0.value, $1, tolerance) }
            .map { Difference(name: $0.name, reported: $0.value, found: $1) }
        otherDigests = known.digests.filter { digests[$0.key] != $0.value }.keys.sorted()
        (tableValues, otherValues) = (0, [])
        compare(reported, found, at: "", tolerance)
    }

    var isAsReported: Bool {
        differing.isEmpty && missing.isEmpty && leftOut.isEmpty && otherValues.isEmpty && (otherLines ?? []).isEmpty
    }

    private static func isNear(_ reported: Double, _ found: Double, _ tolerance: Double) -> Bool {
        abs(reported - found) <= tolerance * max(1, abs(reported))
    }

    private mutating func compare(_ reported: JSON?, _ found: JSON?, at place: String, _ tolerance: Double) {
        switch (reported, found) {
        case (.object(let reported)?, .object(let found)?):
            for key in Set(reported.keys).union(found.keys).subtracting(Self.notCompared).sorted() {
                compare(reported[key], found[key], at: place.isEmpty ? key : "\(place).\(key)", tolerance)
            }
        case (.array(let reported)?, .array(let found)?):
            for index in 0..<max(reported.count, found.count) {
                compare(
                    reported.indices.contains(index) ? reported[index] : nil,
                    found.indices.contains(index) ? found[index] : nil, at: "\(place)[\(index)]", tolerance)
            }
        default:
            tableValues += 1
            if case (.number(let x)?, .number(let y)?) = (reported, found), let x = Double(x), let y = Double(y),
                Self.isNear(x, y, tolerance)
            {
                return
            }
            guard reported != found else { return }
            otherValues.append(Value(place: place, reported: reported?.canonical, found: found?.canonical))
        }
    }

    /// Of figures, values of tables, and lines so many are printed; JSON has all.
    private static let printed = 20

    var text: String {
        let others = otherDigests.isEmpty ? [] : ["other than in the report: \(otherDigests.joined(separator: ", "))"]
        func few(_ lines: [String], _ kind: String) -> [String] {
            guard lines.count > Self.printed else { return lines }
            return lines.prefix(Self.printed) + ["and \(lines.count - Self.printed) more \(kind); --json has all"]
        }
        let lines = few(
            differing.map {
                "differs: \($0.name): \(number($0.reported, 6)) reported, \(number($0.found, 6)) found"
            }, "figures that differ")
        let absent =
            few(missing.map { "not there: \($0)" }, "figures that are not there")
            + few(leftOut.map { "left out of the report: \($0)" }, "figures that are left out")
        func words(_ reported: String?, _ found: String?) -> String {
            "\(reported ?? "nothing") reported, \(found ?? "nothing") found"
        }
        let values = few(
            otherValues.map { "differs in the tables: \($0.place): \(words($0.reported, $0.found))" }, "in the tables")
        let page = otherLines ?? []
        let shown = few(
            page.map { "differs in the page: line \($0.line): \(words($0.reported, $0.found))" }, "lines of the page")
        let result =
            isAsReported
            ? "all \(compared) figures are as reported, and \(tableValues) values of the tables"
                + (otherLines == nil ? "" : ", and so is the page")
            : "\(differing.count) of \(compared) figures differ, \(missing.count) are not there, \(leftOut.count) are left out; "
                + "\(otherValues.count) of \(tableValues) values of the tables differ"
                + (otherLines == nil ? "" : ", and \(page.count) line\(page.count == 1 ? "" : "s") of the page")
        return (others + lines + absent + values + shown + [result]).joined(separator: "\n")
    }
}
