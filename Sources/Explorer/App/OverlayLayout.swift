import Analysis

/// Where an overlay stands over the screen, above the footer.
struct OverlayLayout {
    /// With its border.
    let area: Area
    /// What it shows.
    let inside: Area

    /// - Parameter margin: columns at either side that the overlay leaves free.
    init(width: Int, height: Int, margin: Int = 1, in size: Size) {
        var screen = Area(size)
        _ = screen.takeBottom(1)
        area = screen.centered(width: min(width, screen.width - 2 * margin), height: min(height, screen.height))
        inside = area.inset(columns: 2, rows: 1)
    }

    /// The formats, and below them the name of the file.
    static func export(in size: Size) -> OverlayLayout {
        OverlayLayout(width: 60, height: ExportFormat.allCases.count + 4, in: size)
    }

    var formats: Area {
        var rest = inside
        _ = rest.takeBottom(2)
        return rest
    }

    /// At the right, so that the screen shows what a theme looks like.
    static func themes(_ count: Int, in size: Size) -> OverlayLayout {
        OverlayLayout(right: 30, height: count + 2, in: size)
    }

    /// At the right edge: below the tabs, or at the bottom.
    init(right width: Int, height: Int, atBottom isAtBottom: Bool = false, in size: Size) {
        let (width, height) = (min(width, size.columns - 2), min(height, size.rows - 2))
        self.init(
            area: Area(
                column: size.columns - width - 1, row: isAtBottom ? size.rows - 1 - height : 1, width: width,
                height: height))
    }

    /// A field over a list, in the upper half.
    static func palette(in size: Size) -> OverlayLayout {
        OverlayLayout(width: 72, height: max(10, size.rows * 2 / 3), in: size)
    }

    private init(area: Area) {
        self.area = area
        inside = area.inset(columns: 2, rows: 1)
    }

    /// A list with a line of column titles.
    static func layers(_ count: Int, in size: Size) -> OverlayLayout {
        OverlayLayout(width: 72, height: max(1, count) + 3, in: size)
    }

    /// The rows below the titles.
    var rows: Area {
        var rest = inside
        _ = rest.takeTop(1)
        return rest
    }
}
