import Analysis

/// The next state, and what to do outside. Pure and quick: no key waits for a computation.
package func update(_ state: inout State, _ action: Action) -> [Effect] {
    let list = state.steer.list
    let effects = state.apply(action)
    state.settle()
    state.rememberConcept()
    state.noteVisit()
    state.recordSteering(from: list, after: action)
    return effects + state.requests()
}

extension State {
    fileprivate mutating func apply(_ action: Action) -> [Effect] {
        switch action {
        case .terminal(let event): return handle(event)
        case .progress(let progress, let seconds):
            if case .opening = stage { stage = .opening(progress, secondsElapsed: seconds) }
            if layers.wanted != nil { layers.progress = progress }
        case .opened(let facts, let job): open(facts, job)
        case .restored(let session): restore(session)
        case .located(let found, let isExact, let job): locate(found, isExact: isExact, job)
        case .profiled(let profile, let job):
            guard jobs.accept(job) else { break }
            self.profile.shown = profile
            self.profile.cursor = ListCursor()
        case .sheeted(let sheet, let job):
            if jobs.accept(job) { profile.sheet = sheet }
        case .listed(let summaries, let job):
            if jobs.accept(job) { units.replace(summaries) }
        case .measured(let qualities, let job):
            if jobs.accept(job) { units.measure(qualities) }
        case .mapped(let map, let progress, let job):
            if jobs.accept(job, ends: progress == nil) { self.map.show(map, progress) }
        case .curved(let curve, let job):
            if jobs.accept(job), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.curve = (subject, curve)
            }
        case .swept(let points, let job):
            if jobs.accept(job), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.swept = (subject, points)
            }
        case .fitted(let fit, let job): take(fit, job)
        case .counted(let outcome, let job): count(outcome, job)
        case .inspected(let inspection, let job):
            if jobs.accept(job), let request = jobs.subject(.inspect) as? InspectRequest {
                steer.inspected = (request.steering, inspection)
            }
        case .reworded(let facts, let words, let job):
            if jobs.accept(job) { count(on: words, facts) }
        case .wroteSession(let path): tell("Session written to \(path); miclip replay gives its figures", .success)
        case .findings(let all):
            findings.all = all
            findings.mark(in: study)
        case .exported(let path, let count): tell("\(counted(count, "finding")) written to \(path)", .success)
        case .failed(let why, let job): fail(why, job)
        }
        return []
    }

    private mutating func fail(_ why: String, _ job: Job?) {
        if let job, !jobs.accept(job) { return }
        switch job?.kind {
        case .words:
            steer.list.words = study?.words
            jobs.forget(.words)
        case .layer: _ = stopChoosingLayer()
        case .conceptSet: _ = stopChoosingConceptSet()
        default: break
        }
        if case .opening = stage { stage = .failed(why) } else { tell(why, .failure) }
    }

    /// Puts right what the action may have left over: a focus on a panel that is gone, a cursor past the end.
    fileprivate mutating func settle() {
        let layout = layout
        if layout[focus] == nil { focus = home }
        if focus != .concept { locate.draft = nil }
        fitLists(in: layout)
    }
}
