/// The whole screen for a state. Pure: the same state and size give the same frame.
package func view(_ state: State, size: Size) -> Frame {
    var painter = Painter(state, size: size)
    painter.paint()
    return painter.frame
}

/// Where the screen for a state has one text over another: nowhere, but for a mistake.
package func overwritten(_ state: State, size: Size) -> [Point] {
    var painter = Painter(state, size: size)
    painter.frame.overwritten = []
    painter.paint()
    return painter.frame.overwritten ?? []
}

extension Painter {
    fileprivate mutating func paint() {
        let size = frame.size
        guard size.columns >= Layout.smallest.columns, size.rows >= Layout.smallest.rows else { return tooSmall() }
        switch state.stage {
        case .opening(let progress, let seconds): opening(progress, secondsElapsed: seconds)
        case .failed(let why): failed(why)
        case .missing(let path): missing(path)
        case .open(let study): return open(study)
        }
        overlayWithoutStudy()
    }

    /// What can lie over the screen where no study is open.
    private mutating func overlayWithoutStudy() {
        switch state.overlay {
        case .newStudy(let form): newStudyOverlay(form)
        case .work(let panel): workOverlay(panel)
        default: break
        }
        if case .opening = state.stage { return }
        footer()
    }

    mutating func open(_ study: OpenStudy) {
        header(study)
        switch state.screen {
        case .locate: locateScreen(study)
        case .units: unitsScreen(study)
        case .steer: steerScreen(study)
        case .findings: findingsScreen(study)
        case .map: mapScreen(study)
        }
        switch state.overlay {
        case .help(let place): helpOverlay(place)
        case .note(let field, let subject): noteOverlay(field, subject)
        case .export(_, let name): exportOverlay(name)
        case .fileName(let name, let file): fileNameOverlay(name, file)
        case .copy(let copies, _): copyOverlay(copies)
        case .changes(let cursor): changesOverlay(cursor)
        case .words(let editor): wordsOverlay(editor)
        case .layers(let cursor): layersOverlay(study, cursor)
        case .conceptSets(let cursor): conceptSetsOverlay(study, cursor)
        case .sheet(let place): sheetOverlay(place)
        case .themes(let cursor, _): themesOverlay(cursor)
        case .palette(let palette): paletteOverlay(palette)
        case .work(let panel): workOverlay(panel)
        case .frequency(let place): frequencyOverlay(place)
        case .columns(let place): columnsOverlay(place)
        case .compare(let place): compareOverlay(place)
        case .newStudy(let form): newStudyOverlay(form)
        case .concepts(let place): conceptPairOverlay(study, place)
        case .layerComparison(let place): layerComparisonOverlay(study, place)
        case .circuit(let cursor): circuitOverlay(study, cursor)
        case .evaluation(let offset): evaluationOverlay(study, offset: offset)
        case nil: break
        }
        footer()
    }

    mutating func tooSmall() {
        let wanted = Layout.smallest
        let area = frame.area
        let middle = area.line(area.height / 2)
        let long = "miclip needs \(wanted.columns)x\(wanted.rows); this is \(area.width)x\(area.height)"
        let short = "\(wanted.columns)x\(wanted.rows) needed"
        frame.putCentered(long.count <= area.width ? long : short, in: middle, style: palette[.warning])
    }
}
