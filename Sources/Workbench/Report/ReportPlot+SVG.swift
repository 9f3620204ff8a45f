import Analysis
import Foundation

/// As SVG that stands in a page by itself.
extension ReportPlot {
    private static let width = 760.0
    private static let names = 270.0
    private static let pitch = 20.0

    var svg: String {
        let ends = bars.flatMap(\.values).flatMap { value -> [Double] in
            let half = value.halfWidth.map { $0.isFinite ? $0 : 0 } ?? 0
            return [value.value - half, value.value + half]
        }
        var (least, most) = (min(0, ends.min() ?? 0), max(0, ends.max() ?? 0))
        let missing = max(0, leastSpan - (most - least))
        if most >= -least { most += missing } else { least -= missing }
        let scale = most > least ? (Self.width - Self.names - 60) / (most - least) : 0
        func x(_ value: Double) -> Double { Self.names + 20 + (value - least) * scale }
        let height = 34 + Self.pitch * Double(bars.count)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" "
                + "role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">",
            "<text x=\"0\" y=\"14\" font-weight=\"bold\">\(ReportHTML.escaped(title))</text>",
            line(x(0), 22, x(0), height, "#9aa0a8"),
        ]
        for (row, bar) in bars.enumerated() {
            let y = 26 + Self.pitch * Double(row)
            lines.append("<text x=\"0\" y=\"\(fixed(y + 12))\" fill=\"#20242c\">\(ReportHTML.escaped(bar.name))</text>")
            for value in bar.values {
                let color = bar.isControl ? "#b9a27c" : value.value < 0 ? "#c2603f" : "#3f7fc2"
                let (from, to) = (min(x(0), x(value.value)), max(x(0), x(value.value)))
                lines.append(
                    "<rect x=\"\(fixed(from))\" y=\"\(fixed(y + 3))\" width=\"\(fixed(to - from))\" height=\"12\" fill=\"\(color)\"/>"
                )
                if let half = value.halfWidth, half.isFinite {
                    lines.append(line(x(value.value - half), y + 9, x(value.value + half), y + 9, "#20242c"))
                }
                let isLeft = value.value < 0
                lines.append(
                    "<text x=\"\(fixed(isLeft ? from - 4 : to + 4))\" y=\"\(fixed(y + 12))\" fill=\"#646a72\" "
                        + "text-anchor=\"\(isLeft ? "end" : "start")\" font-size=\"10\">\(number(value.value, 2))</text>"
                )
            }
        }
        return (lines + ["</svg>"]).joined(separator: "\n")
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
        "<line x1=\"\(fixed(x1))\" y1=\"\(fixed(y1))\" x2=\"\(fixed(x2))\" y2=\"\(fixed(y2))\" stroke=\"\(color)\"/>"
    }

    private func fixed(_ value: Double) -> String { number(value, 1) }
}
