import Analysis

/// The contact sheet: images of a unit from the most to the least active.
extension Painter {
    mutating func sheetOverlay(_ place: SheetPlace) {
        let layout = OverlayLayout(width: frame.size.columns, height: frame.size.rows, margin: 0, in: frame.size)
        let unit = state.wantedUnit
        let inside = box(layout, "Images of unit \(unit.map { state.study?.name(of: $0) ?? $0.description } ?? "")")
        guard let sheet = state.profile.sheet, sheet.unit == unit else {
            return hint(["Looking at all images…"], in: inside)
        }
        if place.isEnlarged, let image = place.image(on: sheet) {
            return enlarged(image, sheet.strips[place.strip], in: inside)
        }
        // Lines of one height; where not all fit, those around the selected one.
        let count = sheet.strips.count
        let height = max(6, inside.height / max(1, count))
        let shown = max(1, inside.height / height)
        let first = max(0, min(place.strip - shown / 2, count - shown))
        var rest = inside
        for index in first..<min(count, first + shown) {
            strip(sheet.strips[index], in: rest.takeTop(height), selected: index == place.strip ? place.column : nil)
        }
    }

    private mutating func strip(_ strip: ContactSheet.Strip, in area: Area, selected: Int?) {
        var rest = area
        let title = "\(strip.title), \(strip.images.count) of \(grouped(strip.count))"
        frame.put(
            title.fitted(to: rest.width), at: rest.takeTop(1).origin, width: rest.width,
            style: palette[selected == nil ? .dim : .accent])
        guard let thumbnail = strip.images.first?.thumbnail else { return }
        let box = Area(column: 0, row: 0, width: rest.width, height: max(1, rest.height - 1))
        let width = max(6, Frame.extent(of: thumbnail, in: box).width)
        let fits = max(1, (rest.width + 1) / (width + 1))
        let first = max(0, min((selected ?? 0) - fits / 2, strip.images.count - fits))
        for index in first..<min(strip.images.count, first + fits) {
            var cell = rest.takeLeft(width)
            _ = rest.takeLeft(1)
            let caption = cell.takeBottom(1)
            let image = strip.images[index]
            frame.image(image.thumbnail, in: cell, palette)
            put(caption: image, in: caption, index == selected)
        }
    }

    /// One image as large as there is room, with all that is known of it.
    private mutating func enlarged(_ image: ActivatingImage, _ strip: ContactSheet.Strip, in area: Area) {
        var rest = area
        let lines = [
            "\(image.name) · \(strip.title) · activation \(fixed(Double(image.activation), 3))",
            image.verdict.text + (image.isRight == false ? ", in truth \(image.label ?? "")" : ""),
        ]
        for line in lines.reversed() {
            let place = rest.takeBottom(1)
            frame.put(line.fitted(to: place.width), at: place.origin, width: place.width, style: palette[.text])
        }
        let taken = Frame.extent(of: image.thumbnail, in: rest)
        frame.image(image.thumbnail, in: rest.centered(width: taken.width, height: taken.height), palette)
    }

    /// Sign, activation and predicted class; the true one where it is another and there is room.
    mutating func put(caption image: ActivatingImage, in line: Area, _ isSelected: Bool = false) {
        let verdict = image.verdict
        let activation = fixed(Double(image.activation), 1)
        let role: Role = image.isRight == false ? .negative : .dim
        let long = verdict.text + (image.isRight == false ? ", is \(image.label ?? "")" : "")
        let text = displayWidth(of: long) + activation.count < line.width ? long : verdict.text
        let used = frame.put(activation + " ", at: line.origin, width: line.width, style: palette[.dim])
        frame.put(
            text.fitted(to: max(0, line.width - used)), at: line.point(used), width: max(0, line.width - used),
            style: palette[role])
        if isSelected { select(line, focused: true) }
    }
}

extension ActivatingImage {
    /// What the model takes it for, with a sign where that is known to be right or wrong.
    var verdict: (sign: String, text: String) {
        let sign = isRight.map { $0 ? "✓" : "✗" } ?? ""
        return (sign, sign + predictedClass)
    }
}
