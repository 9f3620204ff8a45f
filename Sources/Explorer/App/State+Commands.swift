import Analysis

extension State {
    /// Carries out a command while no overlay is up.
    mutating func perform(_ command: Command) -> [Effect] {
        switch command {
        case .quit: return quit()
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .makeStudy:
            showNewStudy()
            return []
        case .work:
            switchWork()
            return []
        default: break
        }
        guard let study else { return [] }
        switch command {
        case .cancel: return stopRunning()
        case .chooseLayer: showLayers(study)
        case .chooseConceptSet: showConceptSets(study)
        case .evaluate: switchEvaluation()
        case .compareUnits: showKin(study)
        case .compareConcepts: showConceptPair()
        case .searchMap: searchMap()
        case .showCircuit: showCircuit(study)
        case .show(let screen):
            self.screen = screen
            focus = home
        case .focusConcept: focusConcept()
        case .focusFilter:
            focus = .filter
            if screen == .findings { findings.filter.selectAll() } else { units.filter.selectAll() }
        case .nextPanel: cyclePanels(by: 1)
        case .previousPanel: cyclePanels(by: -1)
        case .enter: enter()
        case .help: overlay = .help(HelpPlace())
        case .switchTheme:
            guard !appearance.themes.isEmpty else { break }
            var cursor = ListCursor()
            cursor.jump(to: appearance.selected)
            overlay = .themes(cursor, before: appearance.selected)
        case .pick(let isIn): pick(isIn, study)
        case .steerUnit: steerUnit(study)
        case .travel(let step): travel(by: step, study)
        case .recall(let step): recall(by: step)
        case .palette: openPalette(study)
        case .fit: return fit(study)
        case .applyFinding: applyFinding(study)
        case .showSheet:
            guard wantedUnit != nil else { return [] }
            overlay = .sheet(SheetPlace())
        case .switchHeat: return switchHeat()
        case .switchMouse:
            isMouseCaptured.toggle()
            tell(isMouseCaptured ? "The mouse works here again" : "The mouse selects text; M takes it back")
            return [.captureMouse(isMouseCaptured)]
        case .edit(let edit): self.edit(edit)
        case .accept: leaveField()
        case .leaveField:
            putBack()
            if screen == .map, focus == .filter { leaveMapSearch(letGo: true) } else { leaveField() }
        case .move(let move):
            if let list = list(focus, in: layout) {
                self.move(move, in: list)
            } else if focus == .steering {
                chooseRow(move == .up ? -1 : 1)
            }
        case .switchRanking:
            switchRanking(study)
        case .switchUnits: switchUnits(study)
        case .mark: mark(study)
        case .nextSort: units.sort = units.sort.next
        case .reverseSort: if screen == .findings { findings.isReversed.toggle() } else { units.isReversed.toggle() }
        case .nextFindingOrder: findings.order = findings.order.next
        case .copy: chooseCopy(study)
        case .slide(let steps, let fine): slide(by: steps, fine: fine, study)
        case .slideToStart: set(steer.row, to: slider(steer.row, study).range.lowerBound, study)
        case .slideToEnd: set(steer.row, to: slider(steer.row, study).range.upperBound, study)
        case .remove: setBeta(0, study)
        case .resetToIdentity: setBeta(steer.operator.identity, study)
        case .switchOperator: switchOperator()
        case .resize(let difference): set(.size, to: Double(steer.setSize + difference), study)
        case .editNote: editNote()
        case .delete: return deleteFinding()
        case .undoDelete: return [.restoreFinding]
        case .export: if screen == .units { saveTable() } else { chooseFormat() }
        case .frequency: showFrequency(by: .concept)
        case .chooseColumns: chooseColumns()
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
        case .showChanges: if steering != nil { overlay = .changes(ChangesPlace()) }
        case .switchPrecision: switchPrecision()
        case .editWords: editWords(study)
        case .writeSession: writeSession(study)
        case .quit, .suspend, .redraw, .choose, .typeWork, .stopWork, .addLayer, .readByProbeHead, .cover,
            .switchFilling, .locateImage, .compareLayers, .makeStudy, .work, .complete,
            .moveColumn, .resetColumns, .scrollColumns:
            break
        }
        return []
    }

    mutating func switchRanking(_ study: OpenStudy) {
        ranking = study.facts.reader.rankings.next(after: ranking)
        tell("By \(ranking.title): \(ranking.explanation)")
    }

    private mutating func cyclePanels(by step: Int) {
        let panels = layout.panels.map(\.panel)
        guard let index = panels.firstIndex(of: focus) else { return }
        focus = panels[(index + step + panels.count) % panels.count]
    }

    mutating func leaveField() {
        switch focus {
        case .filter where screen == .map: leaveMapSearch(letGo: false)
        case .filter: focus = screen == .findings ? .findings : .table
        default: focus = screen == .steer ? .steering : .units
        }
    }

    private mutating func enter() {
        if focus == .profile {
            guard let concepts = profile.shown?.concepts, concepts.indices.contains(profile.cursor.selected) else {
                return
            }
            concept = TextField(concepts[profile.cursor.selected].concept)
            if screen != .steer { screen = .locate }
            focus = .units
        } else if layout[.profile] != nil {
            focus = .profile
        }
    }

    /// Stops what the user is waiting for: a layer first, then what the screen computes.
    private mutating func stopRunning() -> [Effect] {
        if layers.wanted != nil { return stopChoosingLayer() }
        if layers.wantedSet != nil { return stopChoosingConceptSet() }
        guard screen == .map else { return stopCounting() }
        let stopped = stopMapping()
        if stopped.isEmpty { map.search = nil }
        return stopped
    }

    private mutating func stopCounting() -> [Effect] {
        guard let job = jobs.stop(.count) else { return [] }
        tell("Counting stopped; the next move of a slider counts anew")
        return [.cancel(job)]
    }
}
