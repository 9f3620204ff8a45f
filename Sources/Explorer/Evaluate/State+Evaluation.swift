import Analysis

/// Evaluating the layer on show.
extension State {
    /// Brings the tables up, or puts them away; the first time they are begun. They go on while they are out of sight.
    mutating func switchEvaluation() {
        if case .evaluation = overlay {
            overlay = nil
            return
        }
        guard study != nil else { return tell("No study is open; O makes one") }
        overlay = .evaluation(offset: 0)
        if evaluation.phase == .idle { goOnEvaluating() }
    }

    mutating func goOnEvaluating() {
        guard evaluation.phase == .idle || evaluation.phase == .stopped else { return }
        evaluation.phase = .running
        evaluation.attempt += 1
    }

    /// What Esc does among the tables: stops what runs, else puts them away.
    mutating func stopOrLeaveEvaluation() -> [Effect] {
        guard let job = jobs.stop(.evaluation) else {
            overlay = nil
            return []
        }
        (evaluation.phase, evaluation.progress) = (.stopped, nil)
        return [.cancel(job)]
    }

    mutating func take(_ sections: [ReportSection], isWhole: Bool, _ job: Job) {
        guard jobs.accept(job, ends: isWhole) else { return }
        evaluation.sections = sections
        if isWhole { (evaluation.phase, evaluation.progress) = (.whole, nil) }
    }

    mutating func writeEvaluation() {
        guard case .evaluation(let offset) = overlay else { return }
        guard evaluation.phase == .whole else { return tell("The tables are not whole yet") }
        askName(of: .evaluation(offset: offset))
    }

    /// Lets go of the tables: they are of something that is not on show any more.
    mutating func forgetEvaluation() {
        let job = jobs.stop(.evaluation) ?? evaluation.abandoned
        evaluation = EvaluationState()
        evaluation.abandoned = job
        jobs.forget(.evaluation)
        if case .evaluation = overlay { overlay = nil }
    }

    mutating func evaluationRequests() -> [Effect] {
        var effects: [Effect] = []
        if let job = evaluation.abandoned {
            evaluation.abandoned = nil
            effects.append(.cancel(job))
        }
        if evaluation.phase == .running, let job = jobs.start(.evaluation, for: evaluation.attempt) {
            effects.append(.evaluate(job))
        }
        return effects
    }

    /// The tables scrolled.
    func scrolledEvaluation(from offset: Int, _ move: ListCursor.Move) -> Int {
        let inside = OverlayLayout.evaluation(in: size).rows
        let height = max(1, inside.height)
        let lines = EvaluationLine.lines(of: evaluation.sections, width: inside.width, skipped: evaluation.skipped)
        return move.scrolled(from: offset, height: height, last: max(0, lines.count - height))
    }

    /// Moves the columns of tables that are too wide.
    mutating func scrollColumns(by step: Int) {
        let width = OverlayLayout.evaluation(in: size).rows.width
        let most = EvaluationLine.mostSkipped(of: evaluation.sections, width: width)
        evaluation.skipped = max(0, min(evaluation.skipped + step, most))
    }
}
