import Analysis

extension State {
    /// Asks for a note on what is under the cursor; it is kept once the note is accepted.
    mutating func mark(_ study: OpenStudy) {
        let subject = focus == .steering ? interventionToMark(study) : unitToMark
        guard let subject else { return tell("Not known yet; try again in a moment") }
        overlay = .note(TextField(), .new(subject, by: search(for: subject)))
    }

    /// By what it was found.
    private func search(for subject: Finding.Subject) -> Search {
        switch subject {
        case .unit:
            guard screen == .locate || screen == .steer, let found = locate.found else { return Search() }
            return Search(concept: found.concept, rankings: [found.ranking])
        case .intervention: return Search(rankings: [steer.list.active.ranking])
        case .steering: return Search(rankings: steer.list.entries.filter { !$0.isMuted }.map(\.ranking))
        }
    }

    private var unitToMark: Finding.Subject? {
        guard let unit = wantedUnit else { return nil }
        if let profile = profile.shown, profile.unit == unit {
            return .unit(
                UnitDescription(
                    unit: unit, concepts: Array(profile.concepts.prefix(10)),
                    does: profile.feature.map { Array($0.does.prefix(10)) }, quality: units[unit]?.quality))
        }
        return units[unit].map { .unit(UnitDescription(unit: unit, concepts: [$0.concept], quality: $0.quality)) }
    }

    private func interventionToMark(_ study: OpenStudy) -> Finding.Subject? {
        let reading = SteerReading(self, study)
        guard let found = locate.found, let steering = reading.steering, let readOut = reading.readOut,
            readOut.isCurrent, !readOut.isFirstLook
        else { return nil }
        if steering.interventions.count > 1 {
            let acting = steer.list.entries.filter { !$0.isMuted }
            return .steering(
                concepts: acting.map(\.concept), target: found.target, steering, readOut.outcome)
        }
        return .intervention(
            concept: found.concept, target: found.target, steering.active, readOut.outcome)
    }

    /// Keeps what was marked, or the note of what is kept already.
    mutating func keep(_ field: TextField, _ subject: NoteSubject) -> [Effect] {
        overlay = nil
        let note = field.text.trimmed
        switch subject {
        case .new(let subject, let search):
            guard let study else { return [] }
            return [.store(subject, of: study.facts.reference, by: search, note: note)]
        case .existing(let id): return [.setNote(id: id, note)]
        }
    }

    mutating func editNote() {
        guard let finding = findings.selected, let id = finding.id else { return }
        overlay = .note(TextField(finding.note), .existing(id: id))
    }

    func deleteFinding() -> [Effect] {
        guard let finding = findings.selected, let id = finding.id else { return [] }
        return [.deleteFinding(id: id)]
    }

    /// Says what was done, once it is in the study.
    mutating func tell(_ change: FindingChange) {
        switch change {
        case .kept(let subject): tell("Kept \(subject.title)", .success)
        case .noted: tell("Kept the note", .success)
        case .deleted(let subject): tell("Deleted “\(subject.title)”; u brings it back")
        case .restored(let subject): tell("Brought back “\(subject.title)”", .success)
        case .nothingToRestore: tell("Nothing was deleted")
        }
    }

    mutating func chooseFormat() {
        guard !findings.all.isEmpty else { return tell("Nothing to export: m marks what is under the cursor") }
        guard !findings.shown.isEmpty else { return tell("No finding matches the filter") }
        overlay = .export(ListCursor(), .offering("findings"))
    }

    mutating func export(_ index: Int, _ name: TextField) -> [Effect] {
        overlay = nil
        guard ExportFormat.allCases.indices.contains(index) else { return [] }
        let format = ExportFormat.allCases[index]
        return [
            .export(
                format, name: name.fileName(format.fileExtension, or: "findings"),
                findings.shown.compactMap { findings.all[$0].id })
        ]
    }
}
