import Analysis

/// The next state, and what to do outside. Pure and quick: no key waits for a computation.
public func update(_ state: inout State, _ action: Action) -> [Effect] {
    let list = state.steer.list
    let effects = state.apply(action)
    state.settle()
    state.recordSteering(from: list, after: action)
    return effects + state.requests()
}

extension State {
    fileprivate mutating func apply(_ action: Action) -> [Effect] {
        switch action {
        case .terminal(let event): return handle(event)
        case .progress(let progress, let seconds):
            if case .opening = stage { stage = .opening(progress, secondsElapsed: seconds) }
        case .opened(let facts, let isLinear, let reach, let isClosedForm):
            stage = .open(
                OpenStudy(
                    facts: facts, isLinear: isLinear, isClosedForm: isClosedForm, adding: .adding(reach: reach),
                    ownWords: facts.words))
            // Something to look at before the first key, with the focus where every key is a command.
            if locate.field.text.isEmpty, let first = facts.classes.first { locate.field = TextField(first) }
            focus = home
        case .restored(let session): restore(session)
        case .located(let found, let job):
            guard jobs.accept(job) else { break }
            learn(found)
            if job.kind == .locateHeld { break }
            if locate.found?.concept != found.concept || locate.found?.ranking != found.ranking {
                locate.cursor = ListCursor()
            }
            locate.found = found
            locate.isOfOtherWords = false
        case .profiled(let profile, let job):
            guard jobs.accept(job) else { break }
            self.profile.shown = profile
            self.profile.cursor = ListCursor()
        case .listed(let summaries, let job):
            if jobs.accept(job) { units.replace(summaries) }
        case .curved(let curve, let job):
            if jobs.accept(job), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.curve = (subject, curve)
            }
        case .counted(let outcome, let job): count(outcome, job)
        case .measured(let qualities, let job):
            if jobs.accept(job) { units.measure(qualities) }
        case .mapped(let map, let progress, let job):
            if jobs.accept(job, ends: progress == nil) { self.map.show(map, progress) }
        case .swept(let points, let job):
            if jobs.accept(job), let subject = jobs.subject(.curve) as? SteerState.Subject {
                steer.swept = (subject, points)
            }
        case .inspected(let inspection, let job):
            if jobs.accept(job), let request = jobs.subject(.inspect) as? InspectRequest {
                steer.inspected = (request.steering, inspection)
            }
        case .reworded(let facts, let words, let job):
            if jobs.accept(job) { count(on: words, facts) }
        case .wroteSession(let path):
            message = Message(text: "Session written to \(path); miclip replay gives its figures", tone: .success)
        case .findings(let all): findings.all = all
        case .exported(let path, let count):
            message = Message(text: "\(counted(count, "finding")) written to \(path)", tone: .success)
        case .failed(let why, let job): fail(why, job)
        }
        return []
    }

    private mutating func count(_ outcome: InterventionOutcome, _ job: Job) {
        guard let asked = jobs.subject(.count) as? CountRequest else { return }
        let isComplete = asked.isEnough(outcome)
        guard jobs.accept(job, ends: isComplete) else { return }
        steer.outcome = (asked.steering, asked.target, outcome)
        guard isComplete else { return }
        let subject = SteerState.Subject(steering: asked.steering.curveSubject, target: asked.target)
        var points = steer.walked?.subject == subject ? steer.walked?.points ?? [] : []
        points.removeAll { $0.beta == asked.steering.active.beta }
        points.append(SteerState.WalkedPoint(beta: asked.steering.active.beta, accuracy: outcome.after))
        steer.walked = (subject, points.sorted { $0.beta < $1.beta })
    }

    private mutating func fail(_ why: String, _ job: Job?) {
        if let job, !jobs.accept(job) { return }
        if job?.kind == .words {
            steer.list.words = study?.words
            jobs.forget(.words)
        }
        if case .opening = stage { stage = .failed(why) } else { message = Message(text: why, tone: .failure) }
    }

    private mutating func restore(_ session: Session) {
        screen = session.screen
        if !session.concept.isEmpty { locate.field = TextField(session.concept) }
        locate.ranking = session.ranking
        if let list = session.steering { steer.list = list }
        // What the study has no longer.
        if study?.facts.features == 0 { steer.list.units = .neuron }
        if study?.ownWords == nil { steer.list.words = nil }
        steer.setSize = max(1, min(SteerState.largestSet, session.setSize))
        steer.operator = session.operator
        steer.row = session.operator == .scaling ? .scaling : .adding
        steer.scalingBeta = Slider.scaling.snapped(session.scalingBeta)
        if let study { steer.addingBeta = study.adding.snapped(session.addingBeta) }
        units.sort = session.sort
        units.isReversed = session.isReversed
        if let theme = appearance.themes.firstIndex(where: { $0.name == session.theme }), !appearance.isChosen {
            appearance.selected = theme
            appearance.isChosen = true
        }
        focus = home
    }

    /// Where the focus goes when a screen comes up.
    var home: Panel {
        switch screen {
        case .locate: locate.field.text.isEmpty ? .concept : .units
        case .units: .table
        case .steer: .steering
        case .findings: .findings
        case .map: .map
        }
    }

    /// The present screen's layout.
    var layout: Layout { Layout(screen: screen, size: size) }

    /// Puts right what the action may have left over: a focus on a panel that is gone, a cursor past the end.
    fileprivate mutating func settle() {
        let layout = layout
        if layout[focus] == nil { focus = home }
        settleSteering()
        func fit(_ cursor: inout ListCursor, _ count: Int, _ height: Int) {
            cursor.select(cursor.selected, count: count, height: height)
        }
        fit(&locate.cursor, locate.found?.units.count ?? 0, layout.inside(.units)?.height ?? 1)
        fit(&units.cursor, units.shown.count, layout.inside(.table)?.height ?? 1)
        fit(&findings.cursor, findings.all.count, (layout.inside(.findings)?.height ?? 2) / 2)
        fit(&profile.cursor, profile.shown?.concepts.count ?? 0, profileLayout?.concepts.height ?? 1)
    }

    /// Takes the action's change of the list of interventions into the history.
    fileprivate mutating func recordSteering(from list: SteeringList, after action: Action) {
        switch action {
        case .opened, .restored: steer.history = SteeringHistory(from: steer.list)
        case .terminal(.key(let key)) where travels(key): break
        default:
            let run: SteeringHistory.Run? = steer.dragged != nil ? .dragging : focus == .concept ? .typing : nil
            steer.history.record(from: list, to: steer.list, run: run)
        }
    }

    /// Whether a key undoes or redoes, which the history has already taken in.
    private func travels(_ key: Key) -> Bool {
        guard focus == .steering, overlay == nil else { return false }
        let command = KeyTable.command(for: key, in: scopes)
        return command == .undoSteering || command == .redoSteering
    }

    /// The parts of the profile pane, where one shows.
    var profileLayout: ProfileLayout? {
        layout.inside(.profile).map { ProfileLayout(in: $0, of: profile.shown) }
    }
}
