import Analysis

/// The parts of the map's pane.
struct MapLayout {
    let plot: Area
    /// Names of the groups with their colours.
    let legend: Area
    /// How well the colours part the units, or how far the layout has come.
    let status: Area

    init(in area: Area, _ map: MapState) {
        var rest = area
        status = rest.takeBottom(1)
        let most = max(1, rest.height / 5)
        legend = rest.takeBottom(min(MapLegend(map.grouping.groups, width: area.width, lines: most).lines.count, most))
        plot = rest
    }
}

/// The legend's entries, in lines.
struct MapLegend {
    struct Entry {
        var group: Int
        var text: String
    }
    private(set) var lines: [[Entry]] = []
    /// Groups that the lines had no room for.
    private(set) var left = 0

    /// - Parameter most: lines there is room for: of a thousand classes few are named.
    init(_ groups: [MapGroup], width: Int, lines most: Int) {
        var used = width
        for (index, group) in groups.enumerated() {
            let text = "\(group.name) \(grouped(group.size))".fitted(to: max(4, width - 4))
            let needed = displayWidth(of: text) + 4
            if used + needed > width {
                if lines.count >= most {
                    left = groups.count - index
                    break
                }
                lines.append([])
                used = 0
            }
            lines[lines.count - 1].append(Entry(group: index, text: text))
            used += needed
        }
        // How many are left out stands behind the last of those named.
        while left > 0, let last = lines.last, last.count > 1,
            last.reduce(0, { $0 + displayWidth(of: $1.text) + 4 }) + displayWidth(of: more) > width
        {
            lines[lines.count - 1].removeLast()
            left += 1
        }
    }

    /// ` +12 more`
    var more: String { " +\(left) more" }
}
