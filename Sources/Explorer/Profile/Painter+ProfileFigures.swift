import Analysis

/// The pictures and figures of a profile.
extension Painter {
    /// Pictures in lines, of the size that covers most of the area while at least three of them show; captions where a
    /// picture is wide enough to carry one.
    mutating func images(_ images: [ActivatingImage], title: String, in area: Area) {
        guard area.height >= 4, images.first.map({ $0.thumbnail.height > 0 }) == true else { return }
        var line = area.line(0)
        // While heat is on its way its title says how far it is: a legend has no room for that.
        let progress = heat?.progress
        let isMissing = images.contains { $0.thumbnail.isMissing }
        let words = title + (isMissing ? " · images not found" : "")
        let used = frame.put(
            (progress ?? words).fitted(to: line.width), at: line.origin, style: palette[isMissing ? .warning : .dim])
        _ = line.takeLeft(used + 2)
        if progress == nil { heatLegend(in: line) }
        guard let grid = PictureGrid(of: images, titled: area) else { return }
        for (image, place) in zip(images, grid.places) {
            var box = place
            let caption = box.takeBottom(grid.captionLines)
            picture(image, in: box)
            guard grid.captionLines > 0 else { continue }
            put(caption: image, in: caption.line(0))
        }
    }

    mutating func histogram(_ histogram: Histogram, title: String, mean: Float?, in area: Area) {
        guard area.height >= 2, !histogram.counts.isEmpty else { return }
        var rest = area
        if area.height > 3 {
            _ = rest.takeTop(1)
            frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        }
        let axis = rest.takeBottom(1)
        let heights = resampled(histogram.counts.map(Double.init), to: rest.width)
        let top = heights.max() ?? 0
        frame.columns(heights.map { top > 0 ? $0 / top : 0 }, in: rest, style: palette[.bar])
        let (lower, upper) = (Double(histogram.lower), Double(histogram.upper))
        frame.put(fixed(lower, 1), at: axis.origin, width: axis.width, style: palette[.dim])
        frame.putRight(fixed(upper, 1), in: axis, style: palette[.dim])
        guard upper > lower, let mean else { return }
        let share = (Double(mean) - lower) / (upper - lower)
        let label = "▲ mean"
        let column = Int((share * Double(axis.width - 1)).rounded())
        if column > 6, column + label.count < axis.width - 6 {
            frame.put(label, at: axis.point(column), style: palette[.dim])
        }
    }

    /// Bins spread over `width` columns, each column the mean of the bins under it.
    private func resampled(_ values: [Double], to width: Int) -> [Double] {
        (0..<max(0, width)).map { column in
            let from = column * values.count / width
            let to = max(from + 1, (column + 1) * values.count / width)
            return values[from..<to].reduce(0, +) / Double(to - from)
        }
    }

    mutating func effects(_ effects: [ClassEffect], title: String, role: Role, in area: Area) {
        guard !area.isEmpty, !effects.isEmpty else { return }
        let top = max(1e-6, effects.reduce(0) { max($0, abs(Double($1.effect))) })
        // A feature that is seldom active moves logits by little.
        let least = top >= 0.1 ? 2 : decimals(for: top)
        // So many that no two of those shown read alike, and none as nothing.
        let shown = effects.prefix(max(3, area.height - 1)).map { Double($0.effect) }
        let digits =
            (min(least, 4)..<4).first { digits in
                let texts = Set(shown.map { fixed($0, digits) } + [fixed(0, digits)])
                return texts.count == shown.count + 1
            }
            ?? max(least, 4)
        if area.height == 1 {
            let used = frame.put(title + " ", at: area.origin, width: area.width, style: palette[.dim])
            let room = area.width - used
            var text = ""
            // Whole ones only: half a figure misleads.
            for effect in effects {
                let figure = "\(effect.name) \(fixed(Double(effect.effect), digits, signed: true))"
                let longer = text.isEmpty ? figure : "\(text), \(figure)"
                guard displayWidth(of: longer) <= room else {
                    if text.isEmpty { text = figure.fitted(to: room) }
                    break
                }
                text = longer
            }
            frame.put(text, at: area.point(used), width: room, style: palette[role])
            return
        }
        var rest = area
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        let nameWidth = nameWidth(of: effects.prefix(rest.height).map(\.name), in: area)
        for effect in effects.prefix(rest.height) {
            var line = rest.takeTop(1)
            frame.put(effect.name.fitted(to: nameWidth - 1), at: line.takeLeft(nameWidth).origin, style: palette[.text])
            frame.putRight(
                fixed(Double(effect.effect), digits, signed: true), in: line.takeRight(digits + 5), style: palette[role]
            )
            frame.bar(abs(Double(effect.effect)) / top, in: line, style: palette[role])
        }
    }
}
