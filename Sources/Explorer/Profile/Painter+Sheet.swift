import Analysis

/// The contact sheet: images of a unit from the most to the least active.
extension Painter {
    mutating func sheetOverlay(_ place: SheetPlace) {
        let unit = state.wantedUnit
        let sheet = state.profile.sheet.flatMap { $0.unit == unit ? $0 : nil }
        let layout = SheetLayout(sheet, place, in: frame.size)
        let inside = box(
            layout.overlay, "Images of unit \(unit.map { state.study?.name(of: $0) ?? $0.description } ?? "")")
        guard let sheet else { return hint(["Looking at all images…"], in: inside) }
        if let image = layout.enlarged { return enlarged(image, sheet.strips[place.strip], in: inside) }
        for (row, line) in layout.lines.enumerated() {
            strip(sheet.strips[line.strip], line, selected: line.strip == place.strip ? place.column : nil, row == 0)
        }
        guard let image = place.image(on: sheet), sheet.strips.indices.contains(place.strip) else { return }
        let words = facts(of: image, sheet.strips[place.strip]).joined(separator: " · ")
        frame.put(
            words.fitted(to: layout.facts.width), at: layout.facts.origin, width: layout.facts.width,
            style: palette[.text])
    }

    /// - Parameter hasLegend: whether its title's line is the one that says what colours mean.
    private mutating func strip(
        _ strip: ContactSheet.Strip, _ line: SheetLayout.Line, selected: Int?, _ hasLegend: Bool
    ) {
        let title = "\(strip.title), \(strip.images.count) of \(grouped(strip.count))"
        var rest = line.title
        let used = frame.put(
            title.fitted(to: rest.width), at: rest.origin, width: rest.width,
            style: palette[selected == nil ? .dim : .accent])
        _ = rest.takeLeft(used + 2)
        if hasLegend { heatLegend(in: rest) }
        for (index, area) in line.pictures {
            var cell = area
            let caption = cell.takeBottom(1)
            picture(strip.images[index], in: cell)
            put(caption: strip.images[index], in: caption, index == selected)
        }
    }

    /// One image as large as there is room, with all that is known of it.
    private mutating func enlarged(_ image: ActivatingImage, _ strip: ContactSheet.Strip, in area: Area) {
        var rest = area
        let lines = facts(of: image, strip)
        coverLines(of: image, from: &rest)
        heatLines(of: image, from: &rest)
        for line in lines.reversed() {
            let place = rest.takeBottom(1)
            frame.put(line.fitted(to: place.width), at: place.origin, width: place.width, style: palette[.text])
        }
        let taken = Frame.extent(of: image.thumbnail, in: rest)
        let place = rest.centered(width: taken.width, height: taken.height)
        if !coveredPicture(image, in: place) { picture(image, in: place) }
    }

    /// Its place, and what the model takes it for.
    private func facts(of image: ActivatingImage, _ strip: ContactSheet.Strip) -> [String] {
        [
            "image \(image.image) · \(image.name)\(image.thumbnail.isMissing ? " (file not found)" : "") · \(strip.title)"
                + " · activation \(fixed(Double(image.activation), 3))",
            image.verdict.text + (image.isRight == false ? ", in truth \(image.label ?? "")" : ""),
        ]
    }

    /// Activation, sign and predicted class; the true one where it is another and there is room, and the sign alone where
    /// the class would be cut to a letter or two.
    mutating func put(caption image: ActivatingImage, in line: Area, _ isSelected: Bool = false) {
        let verdict = image.verdict
        let activation = fixed(Double(image.activation), 1)
        let role: Role = image.isRight == false ? .negative : .dim
        let long = verdict.text + (image.isRight == false ? ", is \(image.label ?? "")" : "")
        let room = line.width - activation.count - 1
        let least = min(displayWidth(of: verdict.text), 6)
        let short = room >= least || verdict.sign.isEmpty ? verdict.text : verdict.sign
        let text = displayWidth(of: long) <= room ? long : short
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
