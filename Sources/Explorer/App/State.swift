import Analysis

/// Everything the explorer knows.
package struct State: Sendable {
    package var size: Size
    package var appearance: Appearance
    package var stage: Stage = .opening(nil, secondsElapsed: 0)
    package var screen: Screen = .locate
    package var focus: Panel = .concept
    package var overlay: Overlay?
    /// Shown in place of the footer until the next key.
    package var message: Message?
    package var isMouseCaptured = true

    package var locate = LocateState()
    package var units = UnitsState()
    /// The figures of the table of units, in their order; nil for as many as there is room for.
    package var unitColumns: [UnitSort]?
    package var steer = SteerState()
    package var findings = FindingsState()
    package var profile = ProfileState()
    package var map = MapState()
    package var layers = LayersState()
    package var evaluation = EvaluationState()
    package var work = WorkState()
    package var compare = CompareState()
    package var circuit = CircuitState()
    package var conceptPair = ConceptPairState()
    package var layerComparison = LayerComparisonState()
    package var newStudy = NewStudyState()
    var visits = Visits()
    var jobs = Jobs()

    package init(size: Size, appearance: Appearance) {
        self.size = size
        self.appearance = appearance
    }

    /// The open study; nil while opening.
    package var study: OpenStudy? {
        if case .open(let study) = stage { return study }
        return nil
    }

    /// Which units the screens show.
    package var unitKind: UnitKind { steer.list.units }

    /// The unit whose profile the present screen shows.
    var wantedUnit: InternalUnit? {
        switch screen {
        case .locate, .steer: return locate.selectedUnit
        case .units: return units.selected?.unit
        case .map: return map.selectedPoint?.unit
        case .findings:
            guard let finding = findings.selected, case .unit(let description) = finding.subject,
                study?.isOfLayer(finding) == true
            else { return nil }
            return description.unit
        }
    }

    /// The present screen's layout.
    var layout: Layout { layout(in: size) }

    func layout(in size: Size) -> Layout {
        Layout(
            screen: screen, size: size, hasDoubt: study?.facts.doubt != nil, searchesMap: map.search != nil,
            columns: unitColumns)
    }

    /// Where the focus goes when a screen comes up.
    var home: Panel {
        switch screen {
        case .locate: steer.list.active.concept.isEmpty ? .concept : .units
        case .units: .table
        case .steer: .steering
        case .findings: .findings
        case .map: .map
        }
    }

    mutating func tell(_ text: String, _ tone: Message.Tone = .plain) { message = Message(text: text, tone: tone) }
}
