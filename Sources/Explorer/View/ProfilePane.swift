import Analysis

/// The parts of a unit's profile, by what room there is.
struct ProfileLayout {
    let concepts: Area
    var images: [Area] = []
    let histogram: Area
    let effects: [Area]

    init(in area: Area, hasEffects: Bool) {
        var rest = area
        if area.width >= 64 {
            // Two columns: words and figures left, pictures right.
            var left = rest.takeLeft(area.width * 9 / 20)
            _ = rest.takeLeft(2)
            let effectRows = hasEffects ? min(14, left.height / 3) : 0
            var effects = left.takeBottom(effectRows)
            histogram = left.takeBottom(min(9, left.height / 3))
            concepts = left
            self.effects = [effects.takeTop((effects.height + 1) / 2), effects]
            images = [rest.takeTop((rest.height + 1) / 2), rest]
        } else {
            var effects = rest.takeBottom(hasEffects && rest.height >= 12 ? 2 : 0)
            self.effects = [effects.takeTop(1), effects]
            histogram = rest.takeBottom(rest.height >= 16 ? 3 : 0)
            concepts = rest.takeTop(max(4, rest.height - 2 * min(10, rest.height * 3 / 8)))
            images = [rest.takeTop(rest.height / 2), rest]
        }
    }
}

extension Painter {
    /// A unit's best concepts, extreme images, activation histogram and the classes it moves.
    mutating func profilePane(in area: Area, focused: Bool) {
        guard let profile = state.profile.shown, let wanted = state.wantedUnit else {
            let inside = pane("Unit", in: area, focused: focused)
            return hint([state.jobs.isRunning(.profile) ? "Reading its profile…" : "No unit selected"], in: inside)
        }
        let isCurrent = profile.unit == wanted
        let spread = "mean \(fixed(Double(profile.mean), 2)), dev \(fixed(Double(profile.deviation), 2))"
        let inside = pane(
            "Unit \(profile.unit.description)" + (isCurrent ? "" : " …"), note: spread, in: area, focused: focused)
        let parts = ProfileLayout(in: inside, hasEffects: !profile.raises.isEmpty)
        concepts(of: profile, in: parts.concepts, focused: focused)
        images(profile.mostActivating, title: "most activating", in: parts.images[0])
        images(profile.leastActivating, title: "least activating", in: parts.images[1])
        histogram(profile.histogram, mean: profile.mean, in: parts.histogram)
        effects(profile.raises, title: "raises", role: .positive, in: parts.effects[0])
        effects(profile.lowers, title: "lowers", role: .negative, in: parts.effects[1])
    }

    private mutating func concepts(of profile: UnitProfile, in area: Area, focused: Bool) {
        let top = max(1e-6, profile.concepts.reduce(0) { max($0, abs(Double($1.score))) })
        let nameWidth = min(24, max(10, area.width * 9 / 20))
        let cursor = state.profile.cursor
        for (row, index) in cursor.visible(count: profile.concepts.count, height: area.height).enumerated() {
            let (concept, line) = (profile.concepts[index], area.line(row))
            var rest = line
            frame.put(
                concept.concept.fitted(to: nameWidth - 1), at: rest.takeLeft(nameWidth).origin, width: nameWidth,
                style: palette[.text])
            frame.putRight(fixed(Double(concept.score), 2), in: rest.takeRight(6), style: palette[.dim])
            frame.bar(Double(concept.score) / top, in: rest, style: palette[.bar])
            if focused, index == cursor.selected { select(line, focused: true) }
        }
    }

    private mutating func images(_ images: [ActivatingImage], title: String, in area: Area) {
        var rest = area
        guard rest.height >= 4, let first = images.first?.thumbnail, first.height > 0 else { return }
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        // As large as at least three fit side by side; captions where a picture is wide enough to carry one.
        let ratio = Double(first.width) / Double(first.height)
        var rows = rest.height
        func width(_ rows: Int) -> Int { max(1, Int((Double(rows * 2) * ratio).rounded())) }
        while rows > 3, (width(rows) + 1) * 3 > rest.width + 1 { rows -= 1 }
        let hasCaption = width(rows) >= 8 && rest.height > 5
        if hasCaption, rows == rest.height { rows -= 1 }
        // Rows left over below make room for a second line of pictures.
        let pitch = rows + (hasCaption ? 1 : 0)
        var index = 0
        while rest.height >= pitch, index < images.count {
            var line = rest.takeTop(pitch)
            while line.width >= width(rows), index < images.count {
                var box = line.takeLeft(width(rows))
                let caption = box.takeBottom(hasCaption ? 1 : 0)
                frame.image(images[index].thumbnail, in: box, inColor: palette.inColor)
                if hasCaption {
                    let text = fixed(Double(images[index].activation), 1) + " " + images[index].predictedClass
                    frame.put(
                        text.fitted(to: caption.width), at: caption.origin, width: caption.width, style: palette[.dim])
                }
                _ = line.takeLeft(1)
                index += 1
            }
        }
    }

    private mutating func histogram(_ histogram: Histogram, mean: Float, in area: Area) {
        guard area.height >= 2, !histogram.counts.isEmpty else { return }
        var rest = area
        if area.height > 3 {
            _ = rest.takeTop(1)
            frame.put("activation", at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        }
        let axis = rest.takeBottom(1)
        let heights = resampled(histogram.counts.map(Double.init), to: rest.width)
        let top = heights.max() ?? 0
        frame.columns(heights.map { top > 0 ? $0 / top : 0 }, in: rest, style: palette[.bar])
        let (lower, upper) = (Double(histogram.lower), Double(histogram.upper))
        frame.put(fixed(lower, 1), at: axis.origin, width: axis.width, style: palette[.dim])
        frame.putRight(fixed(upper, 1), in: axis, style: palette[.dim])
        guard upper > lower else { return }
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

    private mutating func effects(_ effects: [ClassEffect], title: String, role: Role, in area: Area) {
        guard !area.isEmpty, !effects.isEmpty else { return }
        if area.height == 1 {
            let used = frame.put(title + " ", at: area.origin, width: area.width, style: palette[.dim])
            let text = effects.map { "\($0.name) \(fixed(Double($0.effect), 2, signed: true))" }.joined(separator: ", ")
            frame.put(
                text.fitted(to: area.width - used), at: area.point(used), width: area.width - used, style: palette[role]
            )
            return
        }
        var rest = area
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        let top = max(1e-6, effects.reduce(0) { max($0, abs(Double($1.effect))) })
        let nameWidth = min(24, max(10, area.width * 9 / 20))
        for effect in effects.prefix(rest.height) {
            var line = rest.takeTop(1)
            frame.put(effect.name.fitted(to: nameWidth - 1), at: line.takeLeft(nameWidth).origin, style: palette[.text])
            frame.putRight(fixed(Double(effect.effect), 2, signed: true), in: line.takeRight(7), style: palette[role])
            frame.bar(abs(Double(effect.effect)) / top, in: line, style: palette[role])
        }
    }
}
