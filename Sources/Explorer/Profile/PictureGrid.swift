import Analysis

/// Pictures of one size in lines.
struct PictureGrid {
    /// Where each picture stands, its caption below it included.
    let places: [Area]
    let captionLines: Int

    /// The size that covers most of the area, where larger pictures count for more: many small ones show less than a few
    /// that can be made out. At least three pictures show, where there are
    /// as many and room for them at three lines each.
    ///
    /// - Parameter ratio: width over height of a picture. A cell is half as wide as it is high.
    /// - Returns: nil where none fits.
    init?(_ count: Int, ratio: Double, in area: Area) {
        var best: (rows: Int, width: Int, captions: Int, columns: Int, lines: Int, worth: Double)?
        // A picture that leaves no line for its caption is less, unless there are few lines.
        for rows in 3...max(3, area.height >= 5 ? area.height - 1 : area.height) {
            let width = max(1, Int((Double(rows * 2) * ratio).rounded()))
            let captions = width >= 8 && area.height > rows ? 1 : 0
            let (columns, lines) = ((area.width + 1) / (width + 1), area.height / (rows + captions))
            let shown = min(count, columns * lines)
            guard shown >= min(3, count) else { continue }
            let worth = Double(shown * width * rows) * Double(rows).squareRoot()
            if worth >= best?.worth ?? 1 { best = (rows, width, captions, columns, lines, worth) }
        }
        guard let best else { return nil }
        captionLines = best.captions
        // What is left of a line parts the pictures.
        let gap = best.columns > 1 ? min(3, (area.width - best.columns * best.width) / (best.columns - 1)) : 0
        places = (0..<min(count, best.columns * best.lines)).map { index in
            Area(
                column: area.column + index % best.columns * (best.width + gap),
                row: area.row + index / best.columns * (best.rows + best.captions), width: best.width,
                height: best.rows + best.captions)
        }
    }

    /// Pictures below a line of their title; nil where there is no room for them.
    init?(of images: [ActivatingImage], titled area: Area) {
        var rest = area
        _ = rest.takeTop(1)
        guard area.height >= 4, let first = images.first?.thumbnail, first.height > 0 else { return nil }
        self.init(images.count, ratio: Double(first.width) / Double(first.height), in: rest)
    }
}
