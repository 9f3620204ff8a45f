import Analysis
import Foundation

/// Accuracy over β as a line, and where a finding's β is.
package struct AccuracyPlot {
    var target: String
    /// Ascending in β; shares of one, nil where no held-out image is of the kind.
    var points: [(beta: Double, ofClass: Double?, ofOthers: Double?)]
    var beta: Double

    /// 121 points that hold 0, 1 and β well inside.
    static func betas(around beta: Double) -> [Double] {
        let reach = max(2, abs(beta) * 1.5)
        return (0...120).map { -reach / 2 + Double($0) / 120 * 1.5 * reach }
    }

    private static let (width, height, left, bottom) = (760.0, 220.0, 46.0, 34.0)

    var svg: String {
        guard let first = points.first?.beta, let last = points.last?.beta, last > first else { return "" }
        func x(_ beta: Double) -> Double { Self.left + (beta - first) / (last - first) * (Self.width - Self.left - 10) }
        func y(_ share: Double) -> Double { 22 + (1 - share) * (Self.height - Self.bottom - 22) }
        func path(_ value: (Int) -> Double?, _ color: String) -> String {
            let line = points.indices.compactMap { place in
                value(place).map { "\(Self.fixed(x(points[place].beta))),\(Self.fixed(y($0)))" }
            }
            return line.isEmpty
                ? ""
                : "<polyline points=\"\(line.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>"
        }
        func text(_ x: Double, _ y: Double, _ text: String, _ color: String = "#646a72", anchor: String = "middle")
            -> String
        {
            "<text x=\"\(Self.fixed(x))\" y=\"\(Self.fixed(y))\" fill=\"\(color)\" text-anchor=\"\(anchor)\">\(text)</text>"
        }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
                + "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">",
            "<text x=\"0\" y=\"14\" font-weight=\"bold\">Accuracy over β: "
                + "<tspan fill=\"#3f7fc2\">\(ReportHTML.escaped(target))</tspan>, "
                + "<tspan fill=\"#b9a27c\">other classes</tspan></text>",
        ]
        for share in [0, 0.5, 1] {
            lines.append(text(Self.left - 6, y(share) + 4, "\(Int(100 * share)) %", anchor: "end"))
            lines.append(Self.line(Self.left, y(share), Self.width - 10, y(share), "#e3e5e8"))
        }
        for (value, name) in [(first, Self.short(first)), (last, Self.short(last)), (beta, "β = \(Self.short(beta))")] {
            lines.append(
                text(
                    x(value), Self.height - 12, name,
                    anchor: value == first ? "start" : value == last ? "end" : "middle"))
        }
        lines.append(Self.line(x(beta), 22, x(beta), Self.height - Self.bottom, "#20242c"))
        lines += [path({ points[$0].ofOthers }, "#b9a27c"), path({ points[$0].ofClass }, "#3f7fc2"), "</svg>"]
        return lines.joined(separator: "\n")
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
        "<line x1=\"\(fixed(x1))\" y1=\"\(fixed(y1))\" x2=\"\(fixed(x2))\" y2=\"\(fixed(y2))\" stroke=\"\(color)\"/>"
    }

    private static func fixed(_ value: Double) -> String { number(value, 1) }
    private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
