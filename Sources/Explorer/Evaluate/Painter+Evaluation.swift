import Analysis

extension OverlayLayout {
    /// Over the whole screen; below a line that says how it stands, the tables.
    static func evaluation(in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(150, size.columns - 2), height: size.rows - 1, in: size)
    }
}

extension Painter {
    /// The tables of an evaluation, as far as they are there.
    mutating func evaluationOverlay(_ study: OpenStudy, offset: Int) {
        let layout = OverlayLayout.evaluation(in: frame.size)
        let inside = box(layout, "Evaluation of \(study.name(of: study.facts.reference))")
        let (evaluation, top) = (state.evaluation, inside.line(0))
        frame.put(
            standing(evaluation).fitted(to: top.width), at: top.origin, width: top.width,
            style: palette[evaluation.phase == .whole ? .accent : .warning])
        let area = layout.rows
        let lines = EvaluationLine.lines(of: evaluation.sections, width: area.width, skipped: evaluation.skipped)
        guard !lines.isEmpty else {
            return hint(
                [
                    "Each method against its baselines and its controls, on held-out images.",
                    "Rows come as they are finished, and are kept in the study.",
                ], in: area)
        }
        let first = max(0, min(offset, lines.count - area.height))
        for (row, line) in lines.shown(from: first, height: area.height).enumerated() {
            let (text, style): (String, Style) =
                switch line {
                case .title(let text): (text, palette[.accent].with(.bold))
                case .sentence(let text): (text, palette[.dim])
                case .columns(let text): (text, palette[.text].with(.bold))
                case .row(let text): (text, palette[.text])
                case .blank: ("", palette[.text])
                }
            frame.put(text, at: area.point(0, row), width: area.width, style: style)
        }
        if first + area.height < lines.count {
            frame.putRight(
                " ↓ more ", in: Area(column: inside.column, row: inside.bottom, width: inside.width, height: 1),
                style: palette[.accent])
        }
    }

    /// How far it is, in a line.
    private func standing(_ evaluation: EvaluationState) -> String {
        switch evaluation.phase {
        case .whole: return "Whole. e writes it as Markdown and JSON; `miclip report` makes a page"
        case .stopped: return "Stopped; what is finished is kept. Enter goes on"
        case .idle, .running: break
        }
        guard let progress = evaluation.progress else { return "Beginning… Esc stops" }
        let seconds = Int((progress.secondsLeft ?? 0).rounded(.up))
        let left = seconds > 0 ? ", \(seconds) s left of it" : ""
        return "\(progress.phase.rawValue) \(progress.completed)/\(progress.total)\(left) · Esc stops"
    }
}
