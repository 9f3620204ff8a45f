import Analysis

/// Something of what is at hand that can be copied.
package struct Copy: Sendable, Equatable {
    package var title: String
    package var text: String
}

extension State {
    /// What of the thing under the cursor can be copied: itself, its row, and the command that gives its figures.
    func copies(_ study: OpenStudy) -> [Copy] {
        let lines = FigureCommand(study: study.facts.study, layer: study.facts.reference)
        if screen == .findings { return findings.selected.map { self.copies(of: $0, lines) } ?? [] }
        if focus == .steering { return self.copiesOfSteering(study, lines) }
        guard let unit = wantedUnit else { return [] }
        var copies = [Copy(title: "unit", text: unit.description)]
        if let found = locate.found, screen == .locate || screen == .steer,
            let place = found.units.firstIndex(where: { $0.unit == unit })
        {
            copies.append(
                Copy(
                    title: "row",
                    text: Self.row([found.concept, "\(place + 1)", unit.description, "\(found.units[place].score)"])))
            copies.append(Copy(title: "command of its score", text: lines.locate(found, top: place + 1)))
        } else if let summary = units[unit] {
            copies.append(Copy(title: "row", text: Self.row(of: summary)))
        }
        return copies + [Copy(title: "command of its concepts", text: lines.describe(unit))]
    }

    private func copies(of finding: Finding, _ lines: FigureCommand) -> [Copy] {
        var lines = lines
        if let origin = finding.origin { lines.layer = origin }
        let title = Copy(title: "row", text: Self.row([finding.subject.title, finding.note]))
        switch finding.subject {
        case .unit(let description):
            return [
                Copy(title: "unit", text: description.unit.description), title,
                Copy(title: "command of its concepts", text: lines.describe(description.unit)),
            ]
        case .intervention(_, let target, let intervention, let outcome):
            return Self.copies(Steering(intervention), target, outcome, lines)
        case .steering(_, let target, let steering, let outcome):
            return Self.copies(steering, target, outcome, lines)
        }
    }

    private func copiesOfSteering(_ study: OpenStudy, _ lines: FigureCommand) -> [Copy] {
        let reading = SteerReading(self, study)
        guard let steering = reading.steering, let readOut = reading.readOut, readOut.isCurrent else { return [] }
        // Other words for classes stand in no option of a command.
        return Self.copies(steering, readOut.target, readOut.outcome, study.words == nil ? lines : nil)
    }

    private static func copies(
        _ steering: Steering, _ target: ConceptClass, _ outcome: InterventionOutcome, _ lines: FigureCommand?
    ) -> [Copy] {
        let names = steering.interventions.map { $0.units.map(\.description).joined(separator: " ") }
        let change = outcome.classAccuracy.map { ["\($0.before)", "\($0.after)"] } ?? ["", ""]
        let betas = steering.interventions.map { ($0.operator == .scaling ? "x" : "+") + "\($0.beta)" }
        let row = Copy(
            title: "row", text: Self.row([target.name, betas.joined(separator: ";")] + change + ["\(outcome.images)"]))
        let command = lines?.intervene(steering, target).map { Copy(title: "command of these figures", text: $0) }
        return [Copy(title: "units", text: names.joined(separator: "; ")), row] + [command].compactMap { $0 }
    }

    /// As a spreadsheet takes it.
    private static func row(_ cells: [String]) -> String {
        cells.map { $0.map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined() }.joined(separator: "\t")
    }

    private static func row(of summary: UnitSummary) -> String {
        let quality = UnitSort.allCases.filter(\.isQuality).map {
            $0.figure(summary, summary.quality).map { "\($0)" } ?? ""
        }
        return row(
            [
                summary.unit.description, summary.concept.concept, "\(summary.concept.score)", "\(summary.mean)",
                "\(summary.deviation)",
            ] + quality)
    }

    mutating func chooseCopy(_ study: OpenStudy) {
        let copies = copies(study)
        guard !copies.isEmpty else { return tell("Nothing to copy here yet") }
        overlay = .copy(copies, ListCursor())
    }

    mutating func copy(_ index: Int) -> [Effect] {
        guard case .copy(let copies, _) = overlay, copies.indices.contains(index) else { return [] }
        overlay = nil
        tell("Copied to the terminal's clipboard: \(copies[index].text)", .success)
        return [.copy(copies[index].text)]
    }
}

extension KeyTable {
    static let copying = [
        Binding(.copying, [.enter], .accept, "copy", "copy it"),
        Binding(.copying, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.copying, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.copying, [.character("1"), .character("y")], .choose(0), nil, "the first"),
        Binding(.copying, [.character("2")], .choose(1), nil, "the second"),
        Binding(.copying, [.character("3")], .choose(2), nil, "the third"),
        Binding(.copying, [.character("4")], .choose(3), nil, "the fourth"),
        Binding(.copying, [.escape, .character("q")], .cancel, "cancel", "copy nothing"),
    ]
}

extension OverlayLayout {
    static func copy(_ count: Int, in size: Size) -> OverlayLayout {
        OverlayLayout(width: 100, height: 2 * count + 2, in: size)
    }
}

extension Painter {
    /// What can be copied, each with the text that it comes to.
    mutating func copyOverlay(_ copies: [Copy]) {
        _ = box(OverlayLayout.copy(copies.count, in: frame.size), "Copy")
        guard let list = state.overlayList(in: frame.size) else { return }
        let cursor = state[keyPath: list.cursor]
        for (row, lines) in list.rows(cursor) {
            frame.put("\(row + 1)  \(copies[row].title)", at: lines.point(1), width: lines.width, style: palette[.text])
            var text = lines.line(1)
            _ = text.takeLeft(4)
            frame.put(
                copies[row].text.replacing("\t", with: "  ").fitted(to: text.width), at: text.origin,
                style: palette[.dim])
            if row == cursor.selected { select(lines, focused: true) }
        }
    }
}
