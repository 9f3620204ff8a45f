import Analysis

extension State {
    mutating func openPalette(_ study: OpenStudy) {
        var palette = PaletteState(entries: paletteEntries(study))
        palette.shown = palette.entries.prefix(Self.paletteLimit)
        overlay = .palette(palette)
    }

    private static var paletteLimit: Int { 100 }

    /// Finds what fits, the best first; a unit by its name before all.
    mutating func searchPalette(_ palette: PaletteState, _ study: OpenStudy) {
        var palette = palette
        let (text, match) = (palette.field.text.trimmed, FuzzyMatch(palette.field.text))
        let named = unitsNamed(text, study).map {
            PaletteEntry(target: .unit($0), title: $0.description, note: "unit")
        }
        palette.shown = Array((named + palette.entries.fitting(match)).prefix(Self.paletteLimit))
        let sum = ConceptSum(text)
        if !text.isEmpty, named.isEmpty, !palette.shown.contains(where: { $0.target == .concept(text) }) {
            palette.shown.append(
                PaletteEntry(target: .concept(text), title: text, note: sum.hasImages ? "image" : "any concept"))
        }
        palette.cursor = ListCursor()
        overlay = .palette(palette)
    }

    /// The unit that a name means; a number alone is that of a unit of the table, by either pole.
    private func unitsNamed(_ text: String, _ study: OpenStudy) -> [InternalUnit] {
        let units = ConceptText(text, layer: study.facts.layer).units.prefix(1)
        guard units.isEmpty, let number = Int(text), number >= 0 else { return Array(units) }
        return [Pole.positive, .negative, nil].map {
            InternalUnit(layer: study.facts.layer, index: number, pole: $0, kind: unitKind)
        }.filter { self.units[$0] != nil }
    }

    /// Commands in force here, concepts known, classes and layers.
    private func paletteEntries(_ study: OpenStudy) -> PaletteEntries {
        var seen: Set<String> = []
        // Who moves a cursor has the key at hand; here it would stand in the way.
        let commands = scopes.filter { $0 != .list }.flatMap { scope in KeyTable.bindings.filter { $0.scope == scope } }
            .compactMap {
                binding -> PaletteEntry? in
                guard let key = binding.keys.first, seen.insert(binding.help).inserted,
                    KeyTable.command(for: key, in: scopes) == binding.command
                else { return nil }
                return PaletteEntry(target: .command(binding.command), title: binding.help, note: key.label)
            }
        let layers = study.layers.enumerated().filter { _ in study.layers.count > 1 }.map {
            PaletteEntry(target: .layer($0), title: study.name(of: $1.reference), note: "layer")
        }
        let classes = study.classNames.map {
            PaletteEntry(target: .readOn($0), title: "read accuracy on \($0)", note: "class")
        }
        var known: Set<String> = []
        return PaletteEntries(
            commands: commands, layers: layers,
            near: (locate.recent + study.facts.classes).filter { known.insert($0).inserted },
            described: units.conceptNames, classes: classes)
    }

    /// Goes where the selected entry leads.
    mutating func accept(_ palette: PaletteState) -> [Effect] {
        overlay = nil
        guard let study, let entry = palette.selected else { return [] }
        switch entry.target {
        case .command(let command): return perform(command)
        case .concept(let text):
            lookFor(text, study)
        case .readOn(let name):
            let old = ConceptText(steer.list.active.concept, layer: study.facts.layer)
            concept = TextField("\(old.name.map { $0 + " = " } ?? "")\(old.words) @ \(name)")
        case .unit(let unit):
            guard unit.layer != study.facts.layer || shows(unit, study) else { return [] }
            screen = .units
            focus = .table
            units.filter = TextField()
            units.select(unit)
            if unit.layer != study.facts.layer { return openLayer(of: unit, study) }
        case .layer(let row): return chooseLayer(row)
        }
        return []
    }

    /// Whether the table has a unit of the layer on show, or will have it: the table of the other kind is brought up.
    private mutating func shows(_ unit: InternalUnit, _ study: OpenStudy) -> Bool {
        if unit.kind != unitKind {
            guard unit.kind == .neuron || study.facts.features > 0 else {
                tell(Self.noFeatures)
                return false
            }
            steer.list.units = unit.kind
            showUnits()
            units.forget()
        } else if units[unit] == nil, units.count > 0, !jobs.isRunning(.list) {
            tell("\(unit) is no unit of this layer")
            return false
        }
        return true
    }

    /// A unit of another layer: that layer, with the unit selected.
    private mutating func openLayer(of unit: InternalUnit, _ study: OpenStudy) -> [Effect] {
        guard let row = study.layers.firstIndex(where: { $0.reference.layer == unit.layer && $0.isComplete }) else {
            tell("\(unit.layer) is no layer of this study")
            return []
        }
        go(to: unit, of: study.layers[row].reference)
        return []
    }
}
