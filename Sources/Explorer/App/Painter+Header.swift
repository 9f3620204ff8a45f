import Analysis

extension Painter {
    /// The tabs, and what is open.
    mutating func header(_ study: OpenStudy) {
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
        let names = onItsWay(study) ?? atWork ?? self.names(of: study)
        let text = names.first { displayWidth(of: $0) <= right.width } ?? names.last ?? ""
        frame.putRight(text, in: right, style: palette[.dim])
        doubt(study)
    }

    /// Study, model, layer and accuracy, the longest first: the first that fits is shown.
    private func names(of study: OpenStudy) -> [String] {
        let facts = study.facts
        let (name, layer) = (studyName(facts.study), study.name(of: facts.reference))
        let by = facts.reader.title.map { " (\($0))" } ?? ""
        let accuracy = "accuracy " + percent(facts.accuracy) + by
        let isCounted = facts.remainder != .none
        let model = study.severalModels ? "layer \(layer)" : "\(facts.model) · layer \(layer)"
        let short = study.severalModels ? layer : "\(facts.model) · \(layer)"
        let counted = [short, layer].map { "\($0) · \(percent(facts.accuracy))\(by)" }
        return [
            "\(name) · \(model) · \(grouped(facts.heldOutImages)) held-out images"
                + (isCounted ? " · " + accuracy : ""),
            "\(name) · \(model)" + (isCounted ? " · " + accuracy : ""),
            "\(name) · \(short)" + (isCounted ? " · " + percent(facts.accuracy) + by : ""),
        ] + (isCounted ? counted : []) + [
            "\(name) · \(short)" + by,
            "\(name) · \(layer)" + by,
            // Where layers must be told apart, the study's name matters less.
            study.layers.count > 1 ? layer : name,
        ]
    }

    /// The long work that runs; nil where none does.
    private var atWork: [String]? {
        state.work.running.map { item in
            let share = item.progress.map { " \(percent($0.fraction))" } ?? "…"
            return ["\(item.work) · \(standing(item))", "\(item.work)\(share)", "B: at work\(share)"]
        }
    }

    /// The layer or the concept set that was chosen, while it is opened; nil where none is.
    private func onItsWay(_ study: OpenStudy) -> [String]? {
        if let layer = state.layers.wanted {
            let share = state.layers.progress.map { " \(percent($0.fraction))" } ?? ""
            let (old, new) = (study.name(of: study.facts.reference), study.name(of: layer))
            return ["opening \(new)\(share)… · still \(old)", "opening \(new)\(share)…", "→ \(new)…", "opening…"]
        }
        return state.layers.wantedSet.map { ["describing units by \($0)…", "→ \($0)…", "describing…"] }
    }

    /// What makes the accuracy doubtful, with the accuracy: on a line of its own, so that it is read on any screen.
    private mutating func doubt(_ study: OpenStudy) {
        guard let doubt = study.facts.doubt, !layout.doubt.isEmpty else { return }
        let line = layout.doubt.inset(columns: 1)
        let used = frame.put(
            "accuracy \(percent(study.facts.accuracy)) in doubt: ", at: line.origin, width: line.width,
            style: palette[.warning].with(.bold))
        var rest = line
        _ = rest.takeLeft(used)
        frame.put(doubt.fitted(to: rest.width), at: rest.origin, width: rest.width, style: palette[.warning])
    }

    /// `fashion-mnist` for the study in `…/fashion-mnist.study`.
    private func studyName(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".study") ? String(name.dropLast(6)) : name
    }
}
