import Analysis

extension Painter {
    /// What the interventions did to single images: who flipped, which classes gained the answers, what each class
    /// lost, and one image before and after.
    mutating func changesOverlay(_ cursor: ListCursor) {
        let parts = ChangesLayout(in: frame.size)
        let inside = box(ChangesLayout.overlay(in: frame.size), "What happened")
        guard let steering = reading?.steering, let (asked, inspection) = state.steer.inspected else {
            return hint(["Looking at the images…"], in: inside)
        }
        let changes = inspection.changes
        let seen =
            inspection.counted < inspection.inAll
            ? " of \(grouped(inspection.counted)) counted so far, of \(grouped(inspection.inAll))"
            : " of \(grouped(inspection.inAll)) images"
        let summary =
            "\(grouped(changes.flippedIn.count)) turned right, \(grouped(changes.flippedOut.count)) turned wrong, "
            + "\(grouped(changes.stillWrong.count)) wrong in another way,\(seen)"
        frame.put(
            summary.fitted(to: parts.summary.width), at: parts.summary.origin, width: parts.summary.width,
            style: palette[asked == steering ? .text : .dim].with(.bold))
        classFigures(changes, in: parts.figures)
        flippedImages(inspection.images, cursor, parts)
        if inspection.images.indices.contains(cursor.selected) {
            comparison(inspection.images[cursor.selected], in: parts.comparison)
        }
    }

    private func className(_ index: Int) -> String {
        guard let names = state.study?.classNames, names.indices.contains(index) else { return "\(index)" }
        return names[index]
    }

    /// From what to what the answers went, and what each class lost or won.
    private mutating func classFigures(_ changes: PredictionChanges, in area: Area) {
        var rest = area
        guard !changes.flows.isEmpty else { return hint(["No answer changed"], in: area) }
        func heading(_ text: String, _ painter: inout Painter) {
            let line = rest.takeTop(1)
            painter.frame.put(
                text.fitted(to: line.width), at: line.origin, width: line.width, style: painter.palette[.dim])
        }
        let lines = max(1, (area.height - 3) / 2)
        heading("answers that changed, from → to", &self)
        let top = Double(changes.flows.first?.images ?? 1)
        for flow in changes.flows.prefix(lines) {
            var line = rest.takeTop(1)
            guard !line.isEmpty else { return }
            frame.putRight(grouped(flow.images), in: line.takeRight(6), style: palette[.text])
            let name = line.takeLeft(max(12, line.width * 2 / 3))
            let half = max(3, (name.width - 4) / 2)
            frame.put(
                "\(className(flow.from).fitted(to: half)) → \(className(flow.to).fitted(to: half))", at: name.origin,
                width: name.width - 1, style: palette[.text])
            frame.bar(Double(flow.images) / top, in: line, style: palette[.bar])
        }
        _ = rest.takeTop(1)
        heading("accuracy by class, most lost first", &self)
        for change in changes.damage {
            var line = rest.takeTop(1)
            guard !line.isEmpty else { return }
            frame.putRight(points(change.change), in: line.takeRight(7), style: palette.change(change.change))
            let before = Double(change.rightBefore) / Double(max(1, change.images))
            let after = Double(change.rightAfter) / Double(max(1, change.images))
            frame.putRight("\(percent(before)) → \(percent(after))", in: line.takeRight(18), style: palette[.dim])
            frame.put(className(change.index).fitted(to: line.width - 1), at: line.origin, style: palette[.text])
        }
    }

    private mutating func flippedImages(_ images: [ImageComparison], _ cursor: ListCursor, _ parts: ChangesLayout) {
        frame.put("images that flipped".fitted(to: parts.title.width), at: parts.title.origin, style: palette[.dim])
        guard let list = state.overlayList(in: frame.size) else { return }
        for (row, line) in list.rows(cursor) {
            let image = images[row]
            let (was, now) = (image.before.first?.name ?? "", image.after.first?.name ?? "")
            let style = palette[now == image.label ? .positive : .negative]
            frame.put("\(was) → \(now)".fitted(to: line.width - 1), at: line.point(1), style: style)
            if row == cursor.selected { select(line, focused: true) }
        }
    }

    /// One image with its five most probable classes before and after.
    private mutating func comparison(_ image: ImageComparison, in area: Area) {
        var rest = area
        let title = rest.takeTop(1)
        frame.put(
            "\(image.name), in truth \(image.label)".fitted(to: title.width), at: title.origin, style: palette[.text])
        for (name, classes) in [("before", image.before), ("after", image.after)] {
            let line = rest.takeTop(1)
            frame.put(name, at: line.origin, width: line.width, style: palette[.dim])
            for one in classes {
                var line = rest.takeTop(1)
                guard !line.isEmpty else { return }
                frame.putRight(percent(one.probability), in: line.takeRight(8), style: palette[.text])
                let label = line.takeLeft(max(8, line.width * 3 / 5))
                let style = palette[one.name == image.label ? .positive : .text]
                frame.put(one.name.fitted(to: label.width - 1), at: label.origin, style: style)
                frame.bar(one.probability, in: line, style: palette[.bar])
            }
        }
        _ = rest.takeTop(1)
        frame.image(image.thumbnail, in: rest, palette)
    }
}
