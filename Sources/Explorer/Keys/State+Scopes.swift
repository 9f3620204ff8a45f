extension State {
    /// Where keys are looked up, the nearest scope first.
    var scopes: [Scope] {
        guard study != nil else { return scopesWithoutStudy }
        switch overlay {
        case .help(let place):
            return place.search == nil ? [.helping, .everywhere] : [.searchingHelp, .field, .everywhere]
        case .note: return [.note, .field, .everywhere]
        case .export: return [.exporting, .field, .everywhere]
        case .fileName: return [.naming, .field, .everywhere]
        case .copy: return [.copying, .everywhere]
        case .changes: return [.changes, .everywhere]
        case .words: return [.words, .field, .everywhere]
        case .layers: return [.layers, .everywhere]
        case .conceptSets: return [.conceptSets, .everywhere]
        case .sheet(let place): return [place.isEnlarged ? .enlarged : .sheet, .everywhere]
        case .themes: return [.themes, .everywhere]
        case .circuit: return [.circuit, .everywhere]
        case .compare: return [.comparing, .everywhere]
        case .concepts(let place):
            return place.other == nil ? [.choosingConcept, .field, .everywhere] : [.concepts, .everywhere]
        case .layerComparison: return [.comparingLayers, .everywhere]
        case .newStudy: return [.newStudy, .field, .everywhere]
        case .frequency: return [.frequency, .everywhere]
        case .columns: return [.columns, .everywhere]
        case .work(let panel):
            return panel.field == nil ? [.work, .everywhere] : [.typingWork, .field, .everywhere]
        case .evaluation: return [.evaluation, .everywhere]
        case .palette: return [.palette, .field, .everywhere]
        case nil: break
        }
        return switch focus {
        case .concept, .filter: [.field, .everywhere]
        case .units: [.units, .list, .browsing, .everywhere]
        case .profile: [.profile, .list, .browsing, .everywhere]
        case .table: [.table, .list, .browsing, .everywhere]
        case .steering: [.steering, .browsing, .everywhere]
        case .findings: [.findings, .list, .browsing, .everywhere]
        case .map: [.map, .browsing, .everywhere]
        }
    }

    private var scopesWithoutStudy: [Scope] {
        switch overlay {
        case .newStudy: return [.newStudy, .field, .everywhere]
        case .work(let panel):
            return panel.field == nil ? [.work, .everywhere] : [.typingWork, .field, .everywhere]
        default: break
        }
        if case .opening = stage { return [.opening, .everywhere] }
        return [.withoutStudy, .everywhere]
    }
}
