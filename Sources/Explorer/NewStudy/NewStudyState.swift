import Analysis

/// The form of a new study while it is up.
package struct NewStudyForm: Sendable, Equatable {
    package internal(set) var fields: [StudyDraft.Field: TextField]
    package internal(set) var selected: StudyDraft.Field = .study
    /// Why the study could not be made, as it was tried last.
    package internal(set) var fault: String?
    /// What the selected field's text could go on as, and what that text was.
    package internal(set) var advice: (text: Subject, advice: FieldAdvice)?
    /// Texts that Tab goes through, and which of them the field has now.
    var cycle: (texts: [String], place: Int)?
    /// Which of the earlier values of the field it has now.
    var recalled: Int?

    package struct Subject: Sendable, Hashable {
        package var field: StudyDraft.Field
        package var text: String
    }

    init(_ draft: StudyDraft, fault: String? = nil) {
        fields = Dictionary(uniqueKeysWithValues: StudyDraft.Field.allCases.map { ($0, TextField(draft[$0] ?? "")) })
        self.fault = fault
        fields[selected]?.selectAll()
    }

    package var draft: StudyDraft { StudyDraft(fields.mapValues(\.text)) }

    /// The field that takes what is typed.
    var field: TextField {
        get { fields[selected] ?? TextField() }
        set { fields[selected] = newValue }
    }

    var subject: Subject { Subject(field: selected, text: field.text) }

    package static func == (a: NewStudyForm, b: NewStudyForm) -> Bool {
        (a.fields, a.selected, a.fault, a.recalled) == (b.fields, b.selected, b.fault, b.recalled)
            && a.advice?.text == b.advice?.text && a.advice?.advice == b.advice?.advice
            && a.cycle?.texts == b.cycle?.texts && a.cycle?.place == b.cycle?.place
    }

    /// What is known of the text as it is now; an older answer is of another.
    package var current: FieldAdvice? { advice.flatMap { $0.text == subject ? $0.advice : nil } }

    mutating func select(_ step: Int) {
        let all = StudyDraft.Field.allCases
        let place = (all.firstIndex(of: selected) ?? 0) + step
        guard all.indices.contains(place) else { return }
        fields[selected]?.deselect()
        selected = all[place]
        fields[selected]?.selectAll()
        (cycle, recalled) = (nil, nil)
    }

    /// Tab: as far as all completions agree, then one after the other.
    mutating func complete() {
        if let now = cycle, now.texts[now.place] == field.text {
            let next = (now.place + 1) % now.texts.count
            cycle = (now.texts, next)
            field = TextField(now.texts[next])
            return
        }
        guard let completions = current?.completions, let first = completions.first else { return }
        let common = completions.dropFirst().reduce(first) { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
        if common.count > field.text.count || completions.count == 1 {
            field = TextField(common)
        } else {
            cycle = (completions, 0)
            field = TextField(first)
        }
    }

    /// What the field was in an older study, or a newer one.
    mutating func recall(_ step: Int, from earlier: [StudyDraft]) {
        var seen: Set<String> = []
        let texts = earlier.compactMap { $0[selected] }.filter { seen.insert($0).inserted }
        let place = (recalled ?? -1) + step
        guard texts.indices.contains(place) else { return }
        recalled = place
        field = TextField(texts[place])
    }
}

/// Making a study.
package struct NewStudyState: Sendable {
    /// What studies were made of before, the newest first; nil until it is read.
    package internal(set) var earlier: [StudyDraft]?
    /// What stands in the fields at first.
    package internal(set) var standard = StudyDraft()
    /// A study that is to be opened in place of the one on show.
    var opening: String?
    /// What the form said when it was put away.
    var left: StudyDraft?
}

extension State {
    /// O: the form of a new study, as it was left.
    mutating func showNewStudy(_ draft: StudyDraft? = nil, fault: String? = nil) {
        var start = draft ?? newStudy.left ?? newStudy.standard
        if draft == nil, case .missing(let path) = stage { start[.study] = path }
        overlay = .newStudy(NewStudyForm(start, fault: fault))
    }

    /// Takes in what studies were made of before.
    mutating func takeEarlier(_ earlier: [StudyDraft], standard: StudyDraft) {
        let isFirst = newStudy.earlier == nil
        (newStudy.earlier, newStudy.standard) = (earlier, standard)
        guard isFirst, case .newStudy(let form) = overlay, form.draft.values.keys.allSatisfy({ $0 == .study }) else {
            return
        }
        var draft = standard
        if let study = form.draft[.study] { draft[.study] = study }
        overlay = .newStudy(NewStudyForm(draft, fault: form.fault))
    }

    mutating func changeNewStudy(_ change: (inout NewStudyForm) -> Void) {
        guard case .newStudy(var form) = overlay else { return }
        change(&form)
        overlay = .newStudy(form)
    }

    /// Enter: makes the study beside all else.
    mutating func acceptNewStudy(_ form: NewStudyForm) {
        guard form.draft[.study] != nil else {
            return changeNewStudy { form in
                form.fault = "Expected a folder for the study; found nothing"
                form.selected = .study
            }
        }
        newStudy.left = form.draft
        work.begin(.create(form.draft), nil)
        overlay = .work(WorkPanel())
        if case .work(var panel) = overlay {
            panel.cursor.jump(to: work.items.count - 1)
            overlay = .work(panel)
        }
    }

    mutating func cancelNewStudy(_ form: NewStudyForm) {
        newStudy.left = form.draft
        overlay = nil
    }

    mutating func newStudyRequests() -> [Effect] {
        var effects: [Effect] = []
        if let path = newStudy.opening {
            newStudy.opening = nil
            effects += open(studyAt: path)
        }
        guard case .newStudy(let form) = overlay else { return effects }
        if newStudy.earlier == nil, let job = jobs.start(.earlier, for: 0) { effects.append(.readEarlier(job)) }
        if let job = jobs.start(.advice, for: form.subject) {
            effects.append(.advise(on: form.subject.text, form.subject.field, job))
        }
        return effects
    }

    /// Another study takes the place of this one, which is left as it is now.
    private mutating func open(studyAt path: String) -> [Effect] {
        let saved: [Effect] = study == nil ? [] : [.saveSession(session)]
        let running = Job.Kind.allCases.filter { $0 != .work }.compactMap { jobs.stop($0) }
        work.leaveStudy()
        stage = .opening(nil, secondsElapsed: 0)
        overlay = nil
        (layers, findings, visits) = (LayersState(), FindingsState(), Visits())
        (evaluation, circuit, layerComparison) = (EvaluationState(), CircuitState(), LayerComparisonState())
        jobs.forgetAll(but: .work)
        return saved + running.map { .cancel($0) } + [.openStudy(path)]
    }
}
