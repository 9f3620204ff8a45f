import Analysis

/// Where the contact sheet's pictures stand: shared by the view, which draws them, and by the state, which asks for their
/// heat maps.
struct SheetLayout {
    /// A strip with its title and those of its pictures that there is room for.
    struct Line {
        let strip: Int
        let title: Area
        /// Each with its caption in the last row.
        let pictures: [(index: Int, area: Area)]
    }

    let overlay: OverlayLayout
    /// What is known of the selected image, below the lines.
    let facts: Area
    private(set) var lines: [Line] = []
    /// The one picture that fills the screen.
    private(set) var enlarged: ActivatingImage?

    /// Lines of one height; where not all fit, those around the selected one.
    init(_ sheet: ContactSheet?, _ place: SheetPlace, in size: Size) {
        overlay = OverlayLayout(width: size.columns, height: size.rows, margin: 0, in: size)
        var rest = overlay.inside
        facts = rest.takeBottom(1)
        guard let sheet else { return }
        enlarged = place.isEnlarged ? place.image(on: sheet) : nil
        guard enlarged == nil else { return }
        let count = sheet.strips.count
        let height = max(6, rest.height / max(1, count))
        let shown = max(1, rest.height / height)
        let first = max(0, min(place.strip - shown / 2, count - shown))
        lines = (first..<min(count, first + shown)).map { index in
            Self.line(
                index, sheet.strips[index].images, selected: index == place.strip ? place.column : 0,
                in: rest.takeTop(height))
        }
    }

    private static func line(_ strip: Int, _ images: [ActivatingImage], selected: Int, in area: Area) -> Line {
        var rest = area
        let title = rest.takeTop(1)
        guard let thumbnail = images.first?.thumbnail else { return Line(strip: strip, title: title, pictures: []) }
        let box = Area(column: 0, row: 0, width: rest.width, height: max(1, rest.height - 1))
        let width = max(6, Frame.extent(of: thumbnail, in: box).width)
        let fits = max(1, (rest.width + 1) / (width + 1))
        let first = max(0, min(selected - fits / 2, images.count - fits))
        let pictures = (first..<min(images.count, first + fits)).map { index in
            let cell = rest.takeLeft(width)
            _ = rest.takeLeft(1)
            return (index: index, area: cell)
        }
        return Line(strip: strip, title: title, pictures: pictures)
    }
}
