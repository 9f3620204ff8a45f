import Analysis

extension OverlayLayout {
    /// Works and offers, below them the log of the one selected.
    static func work(_ rows: Int, in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(110, size.columns - 2), height: max(rows + 9, min(size.rows - 1, rows + 15)), in: size)
    }

    /// The field, the list and the log.
    func work(_ rows: Int) -> (field: Area, list: Area, log: Area) {
        var rest = inside
        let field = rest.takeTop(1)
        _ = rest.takeTop(1)
        let list = rest.takeTop(min(rows, max(3, rest.height - 3)))
        _ = rest.takeTop(1)
        return (field, list, rest)
    }
}

extension Painter {
    mutating func workOverlay(_ panel: WorkPanel) {
        let (items, offers) = (state.work.items, WorkOffer.all)
        let rows = items.count + offers.count
        let layout = OverlayLayout.work(rows, in: frame.size)
        _ = box(layout, "Long work")
        let areas = layout.work(rows)
        if let field = panel.field {
            self.field(field, label: "Begin", placeholder: "extract --layer blocks.2", in: areas.field, focused: true)
        } else {
            let text = "Work on the layer on show; it goes on while you look around."
            frame.put(text.fitted(to: areas.field.width), at: areas.field.origin, style: palette[.dim])
        }
        guard let list = state.overlayList(in: frame.size) else { return }
        for (row, line) in list.rows(panel.cursor) {
            if row < items.count {
                workLine(items[row], in: line)
            } else {
                let offer = offers[row - items.count]
                let used = frame.put("+ " + offer.text, at: line.point(1), width: line.width, style: palette[.accent])
                var note = line
                _ = note.takeLeft(max(36, used + 3))
                frame.put(offer.note.fitted(to: note.width), at: note.origin, style: palette[.dim])
            }
            if row == panel.cursor.selected { select(line, focused: panel.field == nil) }
        }
        guard items.indices.contains(panel.cursor.selected), areas.log.height > 1 else { return }
        var log = pane("Log", in: areas.log, focused: false)
        let item = items[panel.cursor.selected]
        let lines = item.log + (item.phase == .running && item.progress != nil ? [standing(item)] : [])
        for text in lines.suffix(log.height) {
            let line = log.takeTop(1)
            frame.put(text.fitted(to: line.width), at: line.origin, style: palette[.text])
        }
    }

    /// What it is, how it stands, and how far it is as a bar where there is room.
    private mutating func workLine(_ item: WorkState.Item, in line: Area) {
        let (sign, role): (String, Role) =
            switch item.phase {
            case .waiting: ("…", .dim)
            case .running: ("▶", .accent)
            case .stopped: ("■", .warning)
            case .failed: ("✗", .negative)
            case .done: ("✓", .positive)
            }
        var rest = line
        _ = rest.takeLeft(1)
        frame.put(sign, at: rest.takeLeft(2).origin, style: palette[role])
        let title = rest.takeLeft(min(34, rest.width / 2))
        frame.put("\(item.work)".fitted(to: title.width - 1), at: title.origin, style: palette[.text])
        // The time left stands at the end, and is what one looks for; below, the log says all.
        let text = fitting([standing(item), standing(item, isBrief: true)], in: rest.width)
        frame.put(text, at: rest.origin, width: rest.width, style: palette[role])
    }

    /// `step 2 of 3 · Extracting activations 1,200 of 20,000 · 340/s · 55 s left`
    ///
    /// - Parameter isBrief: `step 2 of 3 · 6 % · 55 s left`.
    func standing(_ item: WorkState.Item, isBrief: Bool = false) -> String {
        switch item.phase {
        case .waiting: return "waits"
        case .stopped: return "stopped; Enter goes on"
        case .failed: return (item.log.last ?? "failed") + "; Enter tries again"
        case .done: return item.log.last ?? "done"
        case .running: break
        }
        guard let progress = item.progress else { return "begins…" }
        let steps = item.work.steps.count
        let step = item.work.step(of: progress.phase).map { steps > 1 ? "step \($0) of \(steps) · " : "" } ?? ""
        let left = progress.secondsLeft.map { " · \(duration($0)) left" } ?? ""
        if isBrief {
            return "\(step)\(fixed(100 * Double(progress.completed) / Double(max(1, progress.total)), 0)) %\(left)"
        }
        let rate = progress.rate.map { " · \(fixed($0, $0 < 10 ? 1 : 0))/s" } ?? ""
        return
            "\(step)\(progress.phase.rawValue) \(grouped(progress.completed)) of \(grouped(progress.total))\(rate)\(left)"
            + (progress.note.map { " · \($0)" } ?? "")
    }
}
