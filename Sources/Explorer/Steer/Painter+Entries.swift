import Analysis

extension Painter {
    /// A line for each intervention in the order they act: concept, size, operator, a small slider and β.
    mutating func entryList(_ study: OpenStudy, _ parts: SteeringLayout, focused: Bool) {
        guard !parts.entries.isEmpty else { return }
        for (row, position) in state.shownEntries(parts).enumerated() {
            var line = parts.entries.line(row)
            let entry = state.steer.list.entries[position]
            let isSelected = position == state.steer.list.selected
            let style = entry.isMuted ? palette[.dim] : palette[.text].with(isSelected ? .bold : [])
            let mark = line.takeLeft(2)
            frame.put(isSelected ? "▸" : " ", at: mark.origin, style: palette[focused ? .accent : .dim].with(.bold))
            _ = line.takeRight(1)
            let slider = entry.operator == .scaling ? Slider.scaling : study.adding
            let isShift = entry.operator == .adding
            frame.putRight(
                entry.isMuted
                    ? "muted" : (isShift ? "" : "×") + fixed(entry.beta, slider.decimals, signed: isShift),
                in: line.takeRight(8), style: style)
            let size = "top \(entry.setSize)"
            let nameWidth = max(8, min(24, line.width - 20))
            frame.put(
                "\(position + 1) \(entry.concept)".fitted(to: nameWidth), at: line.takeLeft(nameWidth + 1).origin,
                style: style)
            frame.put(size, at: line.takeLeft(7).origin, width: 7, style: palette[.dim])
            _ = line.takeRight(1)
            guard line.width >= 8 else { continue }
            let (knob, origin) = (
                slider.column(of: entry.beta, width: line.width),
                slider.column(of: entry.operator.identity, width: line.width)
            )
            frame.fill(line, with: "─", style: palette[.track])
            if !entry.isMuted {
                let filled = Area(
                    column: line.column + min(knob, origin), row: line.row, width: abs(knob - origin), height: 1)
                frame.fill(filled, with: "━", style: palette[.bar])
            }
            frame.put(
                entry.isMuted ? "○" : "●", at: line.point(knob),
                style: entry.isMuted ? palette[.dim] : palette[isSelected && focused ? .accent : .bar].with(.bold))
        }
    }
}
