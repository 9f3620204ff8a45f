import Analysis

extension Painter {
    /// A unit's best concepts, extreme images, activation histogram and the classes it moves.
    mutating func profilePane(in area: Area, focused: Bool) {
        guard let profile = state.profile.shown, let wanted = state.wantedUnit else {
            let inside = pane("Unit", in: area, focused: focused)
            return hint([state.jobs.isRunning(.profile) ? "Reading its profile…" : "No unit selected"], in: inside)
        }
        let isCurrent = profile.unit == wanted
        let title = "Unit \(profile.unit.description)" + (isCurrent ? "" : " …")
        let inside = pane(title, note: spread(of: profile, beside: title, in: area), in: area, focused: focused)
        let parts = ProfileLayout(in: inside, of: profile)
        frame.put("responds to", at: parts.responds.origin, width: parts.responds.width, style: palette[.dim])
        concepts(profile.concepts, in: parts.concepts, cursor: state.profile.cursor, focused: focused)
        images(profile.mostActivating, title: "most activating", in: parts.mostActivating)
        images(profile.leastActivating, title: "least activating", in: parts.leastActivating)
        histogram(
            profile.histogram, title: profile.feature == nil ? "activation" : "activation where active",
            mean: profile.feature == nil ? profile.mean : nil, in: parts.histogram)
        effects(profile.raises, title: "raises", role: .positive, in: parts.raises)
        effects(profile.lowers, title: "lowers", role: .negative, in: parts.lowers)
        guard let facts = profile.feature else { return }
        var does = parts.does
        frame.put("does", at: does.takeTop(1).origin, width: does.width, style: palette[.dim])
        concepts(facts.does, in: does, cursor: ListCursor(), focused: false)
        company(facts.nearest, title: "features alike", in: parts.nearest)
        company(facts.neurons, title: "neurons with it", in: parts.neurons)
    }

    /// Density of a feature, mean and deviation: the longest that fits beside the title.
    private func spread(of profile: UnitProfile, beside title: String, in area: Area) -> String {
        var words = ["mean \(fixed(Double(profile.mean), 2)), dev \(fixed(Double(profile.deviation), 2))"]
        if let facts = profile.feature {
            // Two decimals tell a feature of three images in ten thousand from one of none.
            let density =
                facts.density < 0.001 ? fixed(Double(facts.density) * 100, 2) + " %" : percent(Double(facts.density))
            words = ["active on \(density) of the images, " + words[0], "active on \(density)", "on \(density)"]
        }
        return words.first { displayWidth(of: $0) < area.width - displayWidth(of: title) - 8 } ?? ""
    }

    private mutating func concepts(_ concepts: [RankedConcept], in area: Area, cursor: ListCursor, focused: Bool) {
        let top = max(1e-6, concepts.reduce(0) { max($0, abs(Double($1.score))) })
        let nameWidth = min(24, max(10, area.width * 9 / 20))
        for (row, index) in cursor.visible(count: concepts.count, height: area.height).enumerated() {
            let (concept, line) = (concepts[index], area.line(row))
            var rest = line
            frame.put(
                concept.concept.fitted(to: nameWidth - 1), at: rest.takeLeft(nameWidth).origin, width: nameWidth,
                style: palette[.text])
            frame.putRight(fixed(Double(concept.score), 2), in: rest.takeRight(6), style: palette[.dim])
            frame.bar(Double(concept.score) / top, in: rest, style: palette[.bar])
            if focused, index == cursor.selected { select(line, focused: true) }
        }
    }

    /// Other units with their score, on one line or in a list.
    private mutating func company(_ units: [RankedUnit], title: String, in area: Area) {
        guard !area.isEmpty, !units.isEmpty else { return }
        if area.height == 1 {
            let used = frame.put(title + " ", at: area.origin, width: area.width, style: palette[.dim])
            let texts = units.map { "\($0.unit.shortName) \(fixed(Double($0.score), 2))" }
            // Whole units only.
            let shown = texts.indices.last {
                used + displayWidth(of: texts[...$0].joined(separator: ", ")) <= area.width
            }
            return _ = frame.put(
                texts[...(shown ?? 0)].joined(separator: ", "), at: area.point(used), width: area.width - used,
                style: palette[.text])
        }
        var rest = area
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        for ranked in units.prefix(rest.height) {
            var line = rest.takeTop(1)
            frame.put(ranked.unit.shortName, at: line.takeLeft(8).origin, width: 8, style: palette[.text])
            frame.putRight(fixed(Double(ranked.score), 2), in: line.takeRight(6), style: palette[.dim])
            let role: Role = ranked.score < 0 ? .negative : .bar
            frame.bar(abs(Double(ranked.score)), in: line, style: palette[role])
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

    private mutating func histogram(_ histogram: Histogram, title: String, mean: Float?, in area: Area) {
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

    private mutating func effects(_ effects: [ClassEffect], title: String, role: Role, in area: Area) {
        guard !area.isEmpty, !effects.isEmpty else { return }
        let top = max(1e-6, effects.reduce(0) { max($0, abs(Double($1.effect))) })
        // A feature that is seldom active moves logits by little.
        let digits = top >= 0.1 ? 2 : decimals(for: top)
        if area.height == 1 {
            let used = frame.put(title + " ", at: area.origin, width: area.width, style: palette[.dim])
            let text = effects.map { "\($0.name) \(fixed(Double($0.effect), digits, signed: true))" }.joined(
                separator: ", ")
            frame.put(
                text.fitted(to: area.width - used), at: area.point(used), width: area.width - used, style: palette[role]
            )
            return
        }
        var rest = area
        frame.put(title, at: rest.takeTop(1).origin, width: area.width, style: palette[.dim])
        let nameWidth = min(24, max(10, area.width * 9 / 20))
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
