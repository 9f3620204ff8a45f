import Analysis

extension State {
    /// Asks for a note on what is under the cursor; it is kept once the note is accepted.
    mutating func mark() {
        let subject: Finding.Subject? = focus == .steering ? interventionToMark : unitToMark
        if let subject {
            overlay = .note(TextField(), .new(subject))
        } else {
            message = Message(text: "Not known yet; try again in a moment", tone: .plain)
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

    private var interventionToMark: Finding.Subject? {
        guard let found = locate.found, let steering, let readOut, readOut.isCurrent else { return nil }
        if steering.interventions.count > 1 {
            let acting = steer.list.entries.filter { !$0.isMuted }
            return .steering(
                concepts: acting.map(\.concept), target: found.target, steering, readOut.outcome)
        }
        return .intervention(
            concept: found.concept, target: found.target, steering.active, readOut.outcome)
    }

    /// Carries out a command while an overlay is up.
    mutating func performInOverlay(_ command: Command) -> [Effect] {
        switch command {
        case .quit: return quit()
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .cancel:
            overlay = nil
            return []
        default: break
        }
        switch (overlay, command) {
        case (.help(let offset), .move(let move)): overlay = .help(offset: scrolledHelp(from: offset, move))
        case (.note, .edit(let edit)), (.words, .edit(let edit)): self.edit(edit)
        case (.words(var editor), .move(let move)):
            editor.move(move)
            overlay = .words(editor)
        case (.words(let editor), .accept): accept(editor)
        case (.note(let field, let subject), .accept):
            overlay = nil
            let note = field.text.trimmed
            switch subject {
            case .new(let subject):
                message = Message(text: "Kept \(subject.title)", tone: .success)
                return [.store(subject, note: note)]
            case .existing(let id): return [.setNote(id: id, note)]
            }
        case (.export(let selected), .move(let move)):
            let last = ExportFormat.allCases.count - 1
            overlay = .export(selected: max(0, min(last, selected + (move == .up ? -1 : 1))))
        case (.changes(var cursor), .move(let move)):
            cursor.apply(move, count: steer.inspected?.1.images.count ?? 0, height: ChangesLayout.images(in: size))
            overlay = .changes(cursor)
        case (.export(let selected), .accept): return export(selected)
        case (.export, .exportAs(let index)): return export(index)
        default: break
        }
        return []
    }

    private mutating func export(_ index: Int) -> [Effect] {
        overlay = nil
        return [.export(ExportFormat.allCases[index])]
    }

    private func scrolledHelp(from offset: Int, _ move: ListCursor.Move) -> Int {
        let height = max(1, size.rows - 3)
        let last = max(0, HelpText.lines.count - height)
        let wanted =
            switch move {
            case .up: offset - 1
            case .down: offset + 1
            case .pageUp: offset - height
            case .pageDown: offset + height
            case .first: 0
            case .last: last
            }
        return max(0, min(last, wanted))
    }

    /// The mouse over an overlay: the wheel scrolls the help.
    mutating func scrollOverlay(_ mouse: Mouse) -> [Effect] {
        guard case .help(let offset) = overlay else { return [] }
        switch mouse.kind {
        case .wheelUp: overlay = .help(offset: scrolledHelp(from: offset, .up))
        case .wheelDown: overlay = .help(offset: scrolledHelp(from: offset, .down))
        default: break
        }
        return []
    }
}
