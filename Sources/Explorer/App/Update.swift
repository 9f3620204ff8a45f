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
        case .profiledFirst(let profile, let job):
            if jobs.accept(job, ends: false) { self.profile.show(profile) }
        case .profiled(let profile, let job):
            if jobs.accept(job) { self.profile.show(profile) }
        case .sheeted(let sheet, let job):
            if jobs.accept(job) { profile.sheet = sheet }
        case .heated(let maps, let isWhole, let job):
            if jobs.accept(job, ends: isWhole) { profile.heat.take(maps) }
        case .covered(let image, let job):
            if jobs.accept(job) { takeCovered(image) }
        case .circuit(let circuit, let isWhole, let job): take(circuit, isWhole: isWhole, job)
        case .comparingLayers(let progress, let job):
            if jobs.accept(job, ends: false) { layerComparison.progress = progress }
        case .comparedLayers(let found, let job): take(found, job)
        case .kin(let kin, let job):
            if jobs.accept(job, ends: false) { takeKin(kin) }
        case .answered(let answers, let job):
            if jobs.accept(job) { compare.answers = answers }
        case .paired(let pair, let job):
            if jobs.accept(job) { compare.pair = pair }
        case .listedFirst(let table, let job):
            if jobs.accept(job, ends: false) { units.replace(table, isWhole: false) }
        case .listed(let table, let job):
            if jobs.accept(job) { units.replace(table) }
        case .measured(let qualities, let job):
            if jobs.accept(job) { units.measure(qualities) }
        case .mapped(let map, let progress, let job):
            if jobs.accept(job, ends: progress == nil) {
                self.map.show(map, progress)
                units.take(map)
                countCategories()
            }
        case .curved(let curve, let job):
            if jobs.accept(job, ends: curve.isWhole), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.curve = (subject, curve)
            }
        case .swept(let points, let job):
            if jobs.accept(job), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.swept = (subject, points)
            }
        case .fitted(let fit, let job): take(fit, job)
        case .counted(let outcome, let job): count(outcome, job)
        case .inspected(let inspection, let job): take(inspection, job)
        case .compared(let images, let job): take(images, job)
        case .reworded(let facts, let words, let job):
            if jobs.accept(job) {
                count(on: words, facts)
                jobs.forget(.conceptPair)
                forgetEvaluation()
            }
        case .evaluating(let progress, let job):
            if jobs.accept(job, ends: false) { evaluation.progress = progress }
        case .evaluated(let sections, let isWhole, let job): take(sections, isWhole: isWhole, job)
        case .working(let progress, let job): take(progress, job)
        case .worked(let done, let job): take(done, job)
        case .noStudy(let path):
            stage = .missing(path)
            showNewStudy()
        case .earlier(let earlier, let standard, let job):
            if jobs.accept(job) { takeEarlier(earlier, standard: standard) }
        case .advised(let advice, let job):
            if jobs.accept(job), let subject = jobs.subject(.advice) as? NewStudyForm.Subject {
                changeNewStudy { $0.advice = (subject, advice) }
            }
        case .wroteReport(let paths): tell("Written to \(paths.joined(separator: " and "))", .success)
        case .wroteTable(let path, let count): tell("\(counted(count, "unit")) written to \(path)", .success)
        case .wroteSession(let path): tell("Session written to \(path); miclip replay gives its figures", .success)
        case .findings(let all, let deleted, let change):
            (findings.all, findings.deleted) = (all, deleted)
            findings.mark(in: study)
            if let change { tell(change) }
        case .notKept(let subject, let note, let why):
            findings.unkept.append(UnkeptNote(subject: subject, note: note))
            tell("Could not be kept: \(why)", .failure)
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
        case .heat: giveUpHeat()
        case .sheet: if case .sheet = overlay { overlay = nil }
        case .work: failWork(why)
        case .cover: _ = uncover()
        case .conceptPair: if case .concepts(let place) = overlay { cancelConceptPair(place) }
        case .layerComparison: layerComparison.progress = nil
        case .evaluation: (evaluation.phase, evaluation.progress) = (.stopped, nil)
        default: break
        }
        if case .opening = stage { stage = .failed(why) } else { tell(why, .failure) }
    }

    /// Puts right what the action may have left over: a focus on a panel that is gone, a cursor past the end.
    fileprivate mutating func settle() {
        let layout = layout
        if layout[focus] == nil { focus = home }
        if focus != .concept { (locate.draft, locate.completion) = (nil, nil) }
        if overlay == nil, !findings.unkept.isEmpty {
            let unkept = findings.unkept.removeFirst()
            overlay = .note(TextField(unkept.note), unkept.subject)
        }
        fitLists(in: layout)
    }
}
