import Analysis

/// A map as an SVG picture, its points with their names and concepts as tooltips.
struct MapSVG {
    let drawing: MapDrawing

    var text: String {
        let (width, height, legend) = (MapDrawing.width, MapDrawing.height, MapDrawing.legend)
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            font-family="Helvetica, Arial, sans-serif">
            """,
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
            "<text x=\"40\" y=\"36\" font-size=\"20\" fill=\"#20242c\">\(escaped(drawing.title))</text>",
            "<text x=\"40\" y=\"56\" font-size=\"12\" fill=\"#646a72\">\(escaped(drawing.caption))</text>",
            "<g stroke=\"#ffffff\" stroke-width=\"0.8\" fill-opacity=\"0.85\">",
        ]
        let radius = MapDrawing.fixed(drawing.radius, 2)
        for (point, x, y) in drawing.places {
            let place = "cx=\"\(MapDrawing.fixed(x, 2))\" cy=\"\(MapDrawing.fixed(y, 2))\""
            lines.append(
                "<circle \(place) r=\"\(radius)\" fill=\"\(hex(drawing.color(point)))\">"
                    + "<title>\(escaped(tooltip(point)))</title></circle>")
        }
        lines.append("</g>")
        lines.append("<g font-size=\"13\" fill=\"#20242c\">")
        for (row, group) in drawing.groups.enumerated() {
            let y = legend.y + Double(row) * legend.pitch
            lines.append(
                "<circle cx=\"\(legend.x)\" cy=\"\(y)\" r=\"6\" fill=\"\(hex(group.color))\"/>"
                    + "<text x=\"\(legend.x + 14)\" y=\"\(y + 4.5)\">\(escaped(group.name)) "
                    + "<tspan fill=\"#646a72\">\(group.size)</tspan></text>")
        }
        lines.append("</g>")
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func tooltip(_ point: UnitMap.Point) -> String {
        let map = drawing.map
        let best = point.class.map { ", most active on \(map.classes[$0])" } ?? ""
        return "\(point.unit): \(point.concept.concept) (\(MapDrawing.fixed(Double(point.concept.score), 2)))"
            + " – \(map.categories[point.category])\(best)"
    }

    private func hex(_ color: UInt32) -> String {
        let digits = String(color, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Text as it may stand in an element; what XML 1.0 has no place for is left out.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
