import Analysis

extension Painter {
    /// What the interventions did to single images: who flipped, which classes gained the answers, what each class
    /// lost, and one image before and after.
    mutating func changesOverlay(_ place: ChangesPlace) {
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
        guard !changes.all.isEmpty else { return hint(["No answer changed"], in: parts.figures) }
        groups(place, parts)
        damage(changes, in: parts.damage)
        changedImages(place, parts)
        if let change = state.selectedChange {
            if let image = state.steer.compared[change.image] {
                comparison(image, in: parts.comparison)
            } else {
                hint(["Looking at it…"], in: parts.comparison)
            }
        }
    }

    private func className(_ index: Int) -> String {
        guard let names = state.study?.classNames, names.indices.contains(index) else { return "\(index)" }
        return names[index]
    }

    /// What became of the images, and from what to what their answers went: each selects its images.
    private mutating func groups(_ place: ChangesPlace, _ parts: ChangesLayout) {
        let title = parts.figures.line(0)
        frame.put(
            "changed answers, from → to".fitted(to: title.width), at: title.origin,
            style: palette[place.isOnGroups ? .accent : .dim])
        let groups = state.changeGroups
        let list = ListPanel(cursor: \.locate.cursor, count: groups.count, area: parts.groups)
        let top = Double(groups.dropFirst(4).map(\.images).max() ?? 1)
        let longest = groups.reduce(12) { longest, group in
            guard case .pair(let from, let to) = group.group else { return longest }
            return max(longest, displayWidth(of: pair(from, to, width: .max)) + 1)
        }
        for (row, line) in list.rows(place.groups) {
            var rest = line
            let (group, images) = groups[row]
            frame.putRight(grouped(images), in: rest.takeRight(6), style: palette[.text])
            let (text, role) = name(of: group)
            if case .pair(let from, let to) = group {
                let name = rest.takeLeft(min(rest.width, max(rest.width * 2 / 3, longest)))
                frame.put(
                    pair(from, to, width: name.width - 1), at: name.origin, width: name.width - 1, style: palette[.text]
                )
                frame.bar(Double(images) / max(1, top), in: rest, style: palette[.bar])
            } else {
                frame.put(text.fitted(to: rest.width), at: rest.origin, style: palette[role])
            }
            if row == place.groups.selected { select(line, focused: place.isOnGroups) }
        }
    }

    /// `coat → shirt`; where there is less room, as much of one as of the other.
    private func pair(_ from: Int, _ to: Int, width: Int) -> String {
        let (from, to) = (className(from), className(to))
        guard displayWidth(of: from) + displayWidth(of: to) + 3 > width else { return "\(from) → \(to)" }
        let half = max(3, (width - 3) / 2)
        // What a short name leaves is the other's.
        let left = max(half, width - 3 - displayWidth(of: to))
        let right = max(half, width - 3 - displayWidth(of: from))
        return "\(from.fitted(to: left)) → \(to.fitted(to: right))"
    }

    private func name(of group: ChangeGroup) -> (String, Role) {
        switch group {
        case .all: ("all", .text)
        case .wrong: ("✗ turned wrong", .negative)
        case .right: ("✓ turned right", .positive)
        case .otherwise: ("~ wrong in another way", .text)
        case .pair: ("", .text)
        }
    }

    private mutating func damage(_ changes: PredictionChanges, in area: Area) {
        var rest = area
        let title = rest.takeTop(1)
        let longest = changes.damage.reduce(0) { max($0, displayWidth(of: className($1.index))) }
        let isNarrow = area.width < longest + 26
        frame.put(
            (isNarrow ? "accuracy by class, %" : "accuracy by class, most lost first").fitted(to: title.width),
            at: title.origin, style: palette[.dim])
        for change in changes.damage {
            var line = rest.takeTop(1)
            guard !line.isEmpty else { return }
            frame.putRight(
                points(change.change), in: line.takeRight(isNarrow && change.change > -0.9995 ? 6 : 7),
                style: palette.change(change.change))
            let before = Double(change.rightBefore) / Double(max(1, change.images))
            let after = Double(change.rightAfter) / Double(max(1, change.images))
            let text =
                isNarrow
                ? "\(fixed(before * 100, 1)) → \(fixed(after * 100, 1))" : "\(percent(before)) → \(percent(after))"
            frame.putRight(text, in: line.takeRight(isNarrow ? 12 : 18), style: palette[.dim])
            frame.put(className(change.index).fitted(to: line.width - 1), at: line.origin, style: palette[.text])
        }
    }

    /// Every image of the group, told by sign and word beside colour.
    private mutating func changedImages(_ place: ChangesPlace, _ parts: ChangesLayout) {
        let shown = state.shownChanges
        frame.put(
            counted(shown.count, "image").fitted(to: parts.title.width), at: parts.title.origin,
            style: palette[place.isOnGroups ? .dim : .accent])
        let list = ListPanel(cursor: \.locate.cursor, count: shown.count, area: parts.list)
        for (row, line) in list.rows(place.images) {
            let change = shown[row]
            let (sign, word, role): (String, String, Role) =
                switch change.kind {
                case .turnedRight: ("✓", "now right", .positive)
                case .turnedWrong: ("✗", "was right", .negative)
                case .wrongOtherwise: ("~", className(change.label), .text)
                }
            var rest = line
            // The sign tells already: the names come first.
            let names = displayWidth(of: className(change.from)) + displayWidth(of: className(change.to)) + 6
            let told = displayWidth(of: word)
            if names + told < rest.width { frame.putRight(word, in: rest.takeRight(told + 1), style: palette[.dim]) }
            let text = "\(sign) \(pair(change.from, change.to, width: rest.width - 2))"
            frame.put(text, at: rest.origin, width: rest.width, style: palette[role])
            if row == place.images.selected { select(line, focused: !place.isOnGroups) }
        }
    }

    /// One image with its five most probable classes before and after.
    private mutating func comparison(_ image: ImageComparison, in area: Area) {
        var rest = area
        let title = rest.takeTop(1)
        let number = image.name.split(separator: " ").last.map(String.init) ?? image.name
        let words = [
            "\(image.name), in truth \(image.label)", "\(image.name), is \(image.label)", "\(number) is \(image.label)",
        ]
        frame.put(fitting(words, in: title.width), at: title.origin, width: title.width, style: palette[.text])
        for (name, classes) in [("before", image.before), ("after", image.after)] {
            let line = rest.takeTop(1)
            frame.put(name, at: line.origin, width: line.width, style: palette[.dim])
            for one in classes {
                var line = rest.takeTop(1)
                guard !line.isEmpty else { return }
                frame.putRight(percent(one.probability), in: line.takeRight(8), style: palette[.text])
                // Where there is little room, the name is worth more than the bar.
                let label = line.takeLeft(line.width < 16 ? line.width : line.width * 3 / 5)
                let isTrue = one.name == image.label
                let text = (isTrue ? "✓ " : "") + one.name
                frame.put(
                    text.fitted(to: label.width - 1), at: label.origin, style: palette[isTrue ? .positive : .text])
                frame.bar(one.probability, in: line, style: palette[.bar])
            }
        }
        _ = rest.takeTop(1)
        frame.image(image.thumbnail, in: rest, palette)
    }
}
