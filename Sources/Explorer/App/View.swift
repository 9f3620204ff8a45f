/// The whole screen for a state. Pure: the same state and size give the same frame.
public func view(_ state: State, size: Size) -> Frame {
    var painter = Painter(state, size: size)
    guard size.columns >= Layout.smallest.columns, size.rows >= Layout.smallest.rows else {
        painter.tooSmall()
        return painter.frame
    }
    switch state.stage {
    case .opening(let progress, let seconds): painter.opening(progress, secondsElapsed: seconds)
    case .failed(let why): painter.failed(why)
    case .open(let study): painter.open(study)
    }
    return painter.frame
}

extension Painter {
    mutating func open(_ study: OpenStudy) {
        tabLine(study)
        switch state.screen {
        case .locate: locateScreen(study)
        case .units: unitsScreen(study)
        case .steer: steerScreen(study)
        case .findings: findingsScreen(study)
        case .map: mapScreen(study)
        }
        switch state.overlay {
        case .help(let offset): helpOverlay(offset: offset)
        case .note(let field, let subject): noteOverlay(field, subject)
        case .export(let selected): exportOverlay(selected)
        case .changes(let cursor): changesOverlay(cursor)
        case .words(let editor): wordsOverlay(editor)
        case nil: break
        }
        footer()
    }

    mutating func tooSmall() {
        let wanted = Layout.smallest
        let area = frame.area
        let middle = area.line(area.height / 2)
        let long = "miclip needs \(wanted.columns)x\(wanted.rows); this is \(area.width)x\(area.height)"
        let short = "\(wanted.columns)x\(wanted.rows) needed"
        frame.putCentered(long.count <= area.width ? long : short, in: middle, style: palette[.warning])
    }

    private mutating func tabLine(_ open: OpenStudy) {
        frame.put("miclip", at: layout.tabs.point(1), style: palette[.accent].with(.bold))
        var used = 8
        for tab in Layout.tabs(in: layout.tabs, findings: state.findings.all.count) {
            let isShown = tab.screen == state.screen
            var style = palette[isShown ? .text : .dim]
            if isShown {
                palette.select(&style)
                style.attributes.insert(.bold)
            }
            frame.put(tab.label, at: tab.area.origin, width: tab.area.width, style: style)
            used = tab.area.end
        }
        var right = layout.tabs
        _ = right.takeLeft(used + 2)
        _ = right.takeRight(1)
        let facts = open.facts
        // The first that fits: the study's name matters more than the rest.
        let accuracy = "accuracy " + percent(facts.accuracy)
        let study = studyName(facts.study)
        let candidates = [
            "\(study) · \(facts.model) · layer \(facts.layer) · \(grouped(facts.heldOutImages)) held-out images · "
                + accuracy,
            "\(study) · \(facts.model) · layer \(facts.layer) · \(accuracy)",
            "\(study) · \(facts.layer) · \(percent(facts.accuracy))",
            "\(study) · \(facts.layer)",
        ]
        let text = candidates.first { displayWidth(of: $0) <= right.width } ?? study
        frame.putRight(text, in: right, style: palette[.dim])
    }

    /// `fashion-mnist` for the study in `…/fashion-mnist.study`.
    private func studyName(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".study") ? String(name.dropLast(6)) : name
    }

    private mutating func footer() {
        let line = layout.footer.inset(columns: 1)
        if let message = state.message {
            let role: Role =
                switch message.tone {
                case .plain: .text
                case .success: .positive
                case .failure: .negative
                }
            let sign = message.tone == .failure ? "! " : ""
            frame.put((sign + message.text).fitted(to: line.width), at: line.point(), style: palette[role].with(.bold))
            return
        }
        let hints = KeyTable.hints(for: state.scopes)
        var left = line
        let always = hints.filter { [.help, .quit].contains($0.command) }
        for hint in always.reversed() {
            let text = hint.keys + " " + hint.label
            let box = left.takeRight(displayWidth(of: text))
            put(hint, at: box)
            _ = left.takeRight(2)
        }
        for hint in hints where ![.help, .quit].contains(hint.command) {
            let width = displayWidth(of: hint.keys + " " + hint.label)
            guard width <= left.width else { break }
            put(hint, at: left.takeLeft(width))
            _ = left.takeLeft(2)
        }
    }

    private mutating func put(_ hint: KeyTable.Hint, at area: Area) {
        let used = frame.put(hint.keys, at: area.point(), width: area.width, style: palette[.accent])
        frame.put(" " + hint.label, at: area.point(used), width: area.width - used, style: palette[.dim])
    }
}
