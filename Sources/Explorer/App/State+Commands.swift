import Analysis

extension State {
    /// Carries out a command while no overlay is up.
    mutating func perform(_ command: Command) -> [Effect] {
        switch command {
        case .quit: return quit()
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        default: break
        }
        guard let study else { return [] }
        switch command {
        case .cancel: return screen == .map ? stopMapping() : stopCounting()
        case .show(let screen):
            self.screen = screen
            focus = home
        case .focusConcept: focusConcept()
        case .focusFilter:
            focus = .filter
            units.filter.selectAll()
        case .nextPanel: cyclePanels(by: 1)
        case .previousPanel: cyclePanels(by: -1)
        case .enter: enter()
        case .help: overlay = .help(offset: 0)
        case .switchTheme:
            guard !appearance.themes.isEmpty else { break }
            appearance.selected = (appearance.selected + 1) % appearance.themes.count
            appearance.isChosen = true
        case .switchMouse:
            isMouseCaptured.toggle()
            message = Message(
                text: isMouseCaptured ? "The mouse works here again" : "The mouse selects text; M takes it back",
                tone: .plain)
            return [.captureMouse(isMouseCaptured)]
        case .edit(let edit): self.edit(edit)
        case .accept, .leaveField: leaveField()
        case .move(let move): self.move(move)
        case .switchRanking: locate.ranking = locate.ranking == .contribution ? .cosine : .contribution
        case .switchUnits: switchUnits(study)
        case .mark: mark()
        case .nextSort: units.sort = units.sort.next
        case .reverseSort: units.isReversed.toggle()
        case .slide(let steps, let fine): slide(by: steps, fine: fine, study)
        case .slideToStart: set(steer.row, to: slider(steer.row, study).range.lowerBound, study)
        case .slideToEnd: set(steer.row, to: slider(steer.row, study).range.upperBound, study)
        case .remove: setBeta(0, study)
        case .resetToIdentity: setBeta(steer.operator.identity, study)
        case .switchOperator: switchOperator()
        case .resize(let difference): set(.size, to: Double(steer.setSize + difference), study)
        case .editNote:
            if let finding = findings.selected, let id = finding.id {
                overlay = .note(TextField(finding.note), .existing(id: id))
            }
        case .delete: return deleteFinding()
        case .undoDelete:
            if let finding = findings.deleted.popLast() { return [.restoreFinding(finding)] }
            message = Message(text: "Nothing was deleted in this session", tone: .plain)
        case .export:
            if findings.all.isEmpty {
                message = Message(text: "Nothing to export: m marks what is under the cursor", tone: .plain)
            } else {
                overlay = .export(selected: 0)
            }
        case .nearestUnit, .panMap, .zoomMap, .wholeMap, .nextOfGroup, .switchColoring, .mapAgain:
            perform(onMap: command)
        case .addIntervention: addIntervention()
        case .deleteIntervention: deleteIntervention()
        case .selectIntervention(let step): selectIntervention(steer.list.selected + step)
        case .moveIntervention(let step): moveIntervention(by: step)
        case .muteIntervention: muteIntervention()
        case .preset(let beta): preset(beta, study)
        case .undoSteering: undoSteering()
        case .redoSteering: redoSteering()
        case .showChanges:
            if steering != nil { overlay = .changes(ListCursor()) }
        case .switchPrecision:
            steer.halfWidth = steer.halfWidth == nil ? 0.01 : nil
            message = Message(
                text: steer.halfWidth == nil ? "Counts all images" : "Stops once the interval is within one point",
                tone: .plain)
        case .editWords:
            guard let words = steer.list.words ?? study.ownWords else {
                message = Message(
                    text: "These classes are the model's own; only a CLIP tells any others apart", tone: .plain)
                break
            }
            overlay = .words(WordsEditor(words))
        case .writeSession:
            guard let found = locate.found else { break }
            let outcome = readOut.flatMap { $0.isCurrent ? $0.outcome : nil }
            return [.writeSession(steer.history.record(target: found.target.name, outcome: outcome))]
        case .quit, .suspend, .redraw, .exportAs: break
        }
        return []
    }

    /// Neurons or features.
    private mutating func switchUnits(_ study: OpenStudy) {
        guard study.facts.features > 0 else {
            message = Message(text: "No features in this study: `miclip sae train` makes them", tone: .plain)
            return
        }
        steer.list.units = unitKind == .neuron ? .feature : .neuron
        showUnits()
    }

    /// Begins anew on lists of other units.
    mutating func showUnits() {
        locate.cursor = ListCursor()
        units.cursor = ListCursor()
        let coloring = map.coloring
        map = MapState()
        map.coloring = coloring
    }

    private mutating func cyclePanels(by step: Int) {
        let panels = layout.panels.map(\.panel)
        guard let index = panels.firstIndex(of: focus) else { return }
        locate.field.deselect()
        focus = panels[(index + step + panels.count) % panels.count]
    }

    private mutating func leaveField() {
        if focus == .filter { return focus = .table }
        locate.field.deselect()
        focus = screen == .steer ? .steering : .units
    }

    private mutating func enter() {
        if focus == .profile {
            guard let concepts = profile.shown?.concepts, concepts.indices.contains(profile.cursor.selected) else {
                return
            }
            locate.field = TextField(concepts[profile.cursor.selected].concept)
            if screen != .steer { screen = .locate }
            focus = .units
        } else if layout[.profile] != nil {
            focus = .profile
        }
    }

    private mutating func move(_ move: ListCursor.Move) {
        let layout = layout
        switch focus {
        case .units:
            locate.cursor.apply(
                move, count: locate.found?.units.count ?? 0, height: layout.inside(.units)?.height ?? 1)
        case .table:
            units.cursor.apply(move, count: units.shown.count, height: layout.inside(.table)?.height ?? 1)
        case .findings:
            findings.cursor.apply(
                move, count: findings.all.count, height: (layout.inside(.findings)?.height ?? 2) / 2)
        case .profile:
            profile.cursor.apply(
                move, count: profile.shown?.concepts.count ?? 0, height: profileLayout?.concepts.height ?? 1)
        case .steering: chooseRow(move == .up ? -1 : 1)
        case .concept, .filter, .map: break
        }
    }

    private mutating func stopCounting() -> [Effect] {
        guard let job = jobs.stop(.count) else { return [] }
        message = Message(text: "Counting stopped; the next move of a slider counts anew", tone: .plain)
        return [.cancel(job)]
    }

    private mutating func deleteFinding() -> [Effect] {
        guard let finding = findings.selected, let id = finding.id else { return [] }
        findings.deleted.append(finding)
        message = Message(text: "Deleted “\(finding.subject.title)”; u brings it back", tone: .plain)
        return [.deleteFinding(id: id)]
    }
}

extension UnitSort {
    var next: UnitSort {
        let all = UnitSort.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}
