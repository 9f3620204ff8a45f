import Analysis

/// Commands and the mouse while an overlay is up.
extension State {
    mutating func performInOverlay(_ command: Command) -> [Effect] {
        switch command {
        case .quit: return quit()
        case .suspend: return [.suspend]
        case .redraw: return [.redraw]
        case .cancel:
            if case .evaluation = overlay { return stopOrLeaveEvaluation() }
            if case .work(let panel) = overlay { return cancelWork(panel) }
            if case .newStudy(let form) = overlay {
                cancelNewStudy(form)
                break
            }
            if case .compare(let place) = overlay {
                cancelCompare(place)
                break
            }
            if case .circuit = overlay { return cancelCircuit() }
            if case .layerComparison = overlay { return cancelLayerComparison() }
            if case .concepts(let place) = overlay {
                cancelConceptPair(place)
                break
            }
            if case .help(let place) = overlay, place.search != nil {
                overlay = .help(HelpPlace())
                break
            }
            if uncover() { break }
            cancelOverlay()
        case .evaluate: switchEvaluation()
        case .scrollColumns(let step): if case .evaluation = overlay { scrollColumns(by: step) }
        case .makeStudy: showNewStudy()
        case .chooseLayer:
            guard let study else { break }
            defer { showLayers(study) }
            if case .circuit = overlay { return cancelCircuit() }
        case .work: switchWork()
        case .travel: leaveCircuitStop()
        case .typeWork:
            if case .work(let panel) = overlay { overlay = .work(WorkPanel(cursor: panel.cursor, field: TextField())) }
        case .stopWork: if case .work(let panel) = overlay { return stopWork(at: panel.cursor.selected) }
        case .addLayer: switchWork(filled: "extract --layer ")
        case .export: writeEvaluation()
        case .focusFilter: if case .help = overlay { overlay = .help(HelpPlace(search: TextField())) }
        case .nextPanel, .previousPanel:
            switch overlay {
            case .frequency(let place): showFrequency(by: place.by.next)
            case .concepts: switchConceptPair()
            case .layerComparison: switchComparedLayer()
            default: switchChangesPanel()
            }
        case .edit(let edit): self.edit(edit)
        case .move(let move): moveInOverlay(move)
        case .accept: return accept()
        case .choose(let index): return copy(index)
        case .readByProbeHead: return chooseProbeHead()
        case .switchHeat: return switchHeat()
        case .locateImage: locateImage()
        case .complete: changeNewStudy { $0.complete() }
        case .recall(let step):
            let earlier = newStudy.earlier ?? []
            changeNewStudy { $0.recall(step, from: earlier) }
        case .compareLayers: compareLayers()
        case .switchRanking: if case .concepts = overlay, let study { switchRanking(study) }
        case .cover(let columns, let rows): cover(columns: columns, rows: rows)
        case .switchFilling: switchFilling()
        case .moveColumn(let step): changeColumns { $0.move(by: step) }
        case .resetColumns: resetColumns()
        default: break
        }
        return []
    }

    /// From the images to the groups they are in, or back.
    private mutating func switchChangesPanel() {
        guard case .changes(var place) = overlay else { return }
        place.isOnGroups.toggle()
        overlay = .changes(place)
    }

    private mutating func cancelOverlay() {
        switch overlay {
        case .sheet(var place) where place.isEnlarged:
            place.isEnlarged = false
            overlay = .sheet(place)
        case .themes(_, let before):
            appearance.selected = before
            overlay = nil
        case .fileName(_, let file): overlay = file.isAskedForOver
        default: overlay = nil
        }
    }

    private mutating func moveInOverlay(_ move: ListCursor.Move) {
        if let list = overlayList(in: size) {
            self.move(move, in: list)
            if case .themes(let cursor, _) = overlay { appearance.selected = cursor.selected }
            return
        }
        switch overlay {
        case .newStudy: changeNewStudy { $0.select(move == .up ? -1 : 1) }
        case .sheet(var place):
            guard let sheet = profile.sheet else { break }
            place.move(move, on: sheet)
            overlay = .sheet(place)
        case .help(let place): scroll(place, move)
        case .evaluation(let offset): overlay = .evaluation(offset: scrolledEvaluation(from: offset, move))
        case .words(var editor):
            editor.move(move)
            overlay = .words(editor)
        default: break
        }
    }

    private mutating func accept() -> [Effect] {
        let list = overlay
        defer { if overlay == nil, let list, list.leadsToUnits { visits.leave(list) } }
        switch overlay {
        case .note(let field, let subject): return keep(field, subject)
        case .words(let editor): accept(editor)
        case .export(let cursor, let name): return export(cursor.selected, name)
        case .fileName(let name, let file): return write(file, name)
        case .copy(_, let cursor): return copy(cursor.selected)
        case .layers(let cursor): return chooseLayer(cursor.selected)
        case .conceptSets(let cursor): return chooseConceptSet(cursor.selected)
        case .sheet(var place):
            place.isEnlarged.toggle()
            overlay = .sheet(place)
        case .palette(let palette): return accept(palette)
        case .themes:
            appearance.isChosen = true
            overlay = nil
        case .evaluation: goOnEvaluating()
        case .work(let panel): acceptWork(panel)
        case .frequency(let place): acceptFrequency(place)
        case .columns: changeColumns { $0.toggle() }
        case .compare(let place): acceptCompare(place)
        case .newStudy(let form): acceptNewStudy(form)
        case .concepts(let place): acceptConceptPair(place)
        case .layerComparison(let place): acceptLayerComparison(place)
        case .circuit(let cursor): followCircuit(cursor)
        case .changes(var place):
            guard place.isOnGroups else {
                overlay = nil
                break
            }
            place.isOnGroups = false
            overlay = .changes(place)
        case .help: overlay = nil
        case nil: break
        }
        return []
    }

    /// Whether the overlay is a text that the wheel scrolls.
    private var scrolls: Bool {
        switch overlay {
        case .help, .evaluation: true
        default: false
        }
    }

    /// A click selects a row, the wheel moves through the list or scrolls the help.
    mutating func handleInOverlay(_ mouse: Mouse) -> [Effect] {
        guard study != nil else { return [] }
        switch (mouse.kind, overlayList(in: size)) {
        case (.press, let list?): press(at: mouse.point, in: list)
        case (.wheelUp, let list?): scroll(by: -1, in: list)
        case (.wheelDown, let list?): scroll(by: 1, in: list)
        case (.wheelUp, nil): if scrolls { moveInOverlay(.up) }
        case (.wheelDown, nil): if scrolls { moveInOverlay(.down) }
        default: break
        }
        return []
    }
}
