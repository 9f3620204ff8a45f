import Analysis
import Explorer
import LinearAlgebra
import ScriptedExplorer

/// What a key costs the explorer's own thread, update and frame together, on a study of ImageNet's size: 2,048 units,
/// 100,000 features, 1,000 classes, 20,191 concepts, 50,000 held-out images. Answers come without delay.
enum KeysAtSize {
    private static let classes = (0..<1000).map { "class number \($0)" }
    private static let concepts = (0..<20_191).map { "concept \($0 &* 7919 % 20_191) of the set" }
    private static let neurons = (0..<2048).map { InternalUnit(layer: "layer4", index: $0) }
    private static let features = (0..<100_000).map { InternalUnit(layer: "layer4", index: $0, kind: .feature) }

    private static func units(_ kind: UnitKind) -> [InternalUnit] { kind == .feature ? features : neurons }

    private static func summaries(_ kind: UnitKind) -> [UnitSummary] {
        units(kind).map { unit in
            let place = unit.index &* 2_654_435_761 % 1_000_003
            return UnitSummary(
                unit: unit,
                concept: RankedConcept(concept: concepts[place % concepts.count], score: Float(place) / 1e6),
                mean: Float(place % 1000), deviation: Float(place % 77))
        }
    }

    private static func map(_ kind: UnitKind) -> UnitMap {
        UnitMap(
            points: units(kind).map { unit in
                let place = unit.index &* 2_654_435_761 % 1_000_003
                return UnitMap.Point(
                    unit: unit, x: Float(place % 1009), y: Float(place % 1013),
                    concept: RankedConcept(concept: concepts[place % concepts.count], score: 0.5), category: place % 26,
                    class: place % 1000)
            }, categories: (0..<26).map { "category \($0)" }, classes: classes, perplexity: 30, seed: 0)
    }

    /// 50,000 images of ten of the classes: what a frame reads does not hang on how many there are.
    private static let curve: AccuracyCurve = {
        let images = 50_000
        let labels = (0..<images).map { $0 % 10 }
        let lines = ClassLines(
            intercepts: Tensor([images, 10], (0..<images * 10).map { Float($0 &* 7919 % 1013) / 1013 }),
            slopes: Tensor([images, 10], (0..<images * 10).map { Float($0 &* 104_729 % 997) / 997 - 0.5 }),
            labels: labels)
        return AccuracyCurve(
            lines: lines, target: 3, over: -2...4, unedited: labels.indices.map { lines.winner($0, at: 1) })
    }()

    private static let inspection: Inspection = {
        let labels = (0..<50_000).map { $0 % 1000 }
        let changes = PredictionChanges(
            before: labels.map { $0 &* 3 % 1000 }, after: labels.map { ($0 &* 7 + 1) % 1000 }, labels: labels,
            classes: 1000)
        return Inspection(changes: changes, images: SampleStudy.inspection.images, counted: 50_000, inAll: 50_000)
    }()

    private static func table(_ kind: UnitKind) -> UnitTable { kind == .feature ? featureTable : neuronTable }
    private static let neuronTable = UnitTable(summaries(.neuron))
    private static let featureTable = UnitTable(summaries(.feature))

    private static func qualities(_ kind: UnitKind) -> UnitQualities {
        UnitQualities(
            Dictionary(
                uniqueKeysWithValues: units(kind).map {
                    (
                        $0,
                        UnitQuality(
                            clarity: Float($0.index % 313), polysemanticity: 0, redundancy: 0.5,
                            selectivity: Float($0.index % 71), selectiveClass: 1, isDead: false)
                    )
                }))
    }

    private static func answer(to effect: Effect) -> Action? {
        switch effect {
        case .locate(let concept, let ranking, let kind, let job):
            .located(
                Localization(
                    concept: concept, target: ConceptClass(index: 3, name: classes[3], origin: .nearest),
                    ranking: ranking, units: units(kind).map { RankedUnit(unit: $0, score: 1 / Float($0.index + 1)) }),
                isExact: true, job)
        case .listUnits(let kind, let job): .listed(table(kind), job)
        case .measureUnits(let kind, let job):
            .measured(qualities(kind), job)
        case .map(let kind, let job): .mapped(map(kind), nil, job)
        case .curve(_, _, _, _, let job): .curved(curve, job)
        case .inspect(_, let job): .inspected(inspection, job)
        default: SampleStudy.answer(to: effect)
        }
    }

    private static func settled(_ state: inout State, _ effects: [Effect]) {
        var open = effects
        while !open.isEmpty {
            guard let action = answer(to: open.removeFirst()) else { continue }
            open += update(&state, action)
        }
    }

    private static func atWork(_ kind: UnitKind) -> State {
        var facts = StudyFacts(
            study: "imagenet", model: "resnet50", layer: "layer4", probeImages: 100_000, heldOutImages: 50_000,
            units: 2048, isSigned: false, concepts: concepts.count, classes: classes, accuracy: 0.8)
        (facts.remainder, facts.addingReach, facts.features) = (.linear, 5, features.count)
        (facts.layers, facts.conceptSets) = (SampleStudy.layers, SampleStudy.conceptSets)
        facts.words = ClassWords(lines: classes)
        var state = State(size: Size(columns: 200, rows: 60), appearance: Appearance(themes: SampleStudy.themes))
        settled(&state, update(&state, .opened(facts)))
        if kind == .feature { settled(&state, update(&state, .terminal(.key(.character("F"))))) }
        let findings = neurons.prefix(500).enumerated().map { place, unit in
            Finding(
                id: Int64(place), subject: .unit(UnitDescription(unit: unit, concepts: SampleStudy.concepts)),
                created: 0)
        }
        settled(&state, update(&state, .findings(findings)))
        return state
    }

    /// Milliseconds that an action takes, to its frame: the least of five, for the machine may have other things to do.
    private static func time(_ action: Action, from state: State) -> Double {
        let clock = ContinuousClock()
        return (0..<5).map { _ in
            var state = state
            let began = clock.now
            _ = update(&state, action)
            _ = view(state, size: state.size)
            return (clock.now - began) / .milliseconds(1)
        }.min()!
    }

    static func measure() {
        var state = atWork(.neuron)
        for case .listUnits(let kind, let job) in update(&state, .terminal(.key(.character("F")))) {
            report("100,000 features come in", [time(.listed(table(kind), job), from: state)], "(bound: 16)")
        }
        for kind in UnitKind.allCases {
            let times = keys(kind).sorted { $0.time > $1.time }
            report("any key, \(kind)s", times.map(\.time), "(bound: 5 max), slowest \(times[0].what)")
        }
    }

    /// Every key on every screen, and a few behind what opens a field or a list.
    private static func keys(_ kind: UnitKind) -> [(time: Double, what: String)] {
        let state = atWork(kind)
        let openings: [Key?] = [
            nil, .character("/"), .character("f"), .character("c"), .character("L"), .character("C"),
        ]
        let few: [Key] = [
            .character("1"), .character("o"), .character("n"), .backspace, .up, .down, .pageDown, .enter, .escape,
        ]
        return Screen.allCases.enumerated().flatMap { place, screen in
            var shown = state
            settled(&shown, update(&shown, .terminal(.key(.character(Character("\(place + 1)"))))))
            return openings.flatMap { opening in
                var state = shown
                if let opening { settled(&state, update(&state, .terminal(.key(opening)))) }
                return (opening == nil ? KeyTable.bindings.flatMap(\.keys) : few).map { key in
                    let what = [opening, key].compactMap { $0.map { "\($0)" } }.joined(separator: ", ")
                    return (time(.terminal(.key(key)), from: state), "\(screen): \(what)")
                }
            }
        }
    }

    private static func report(_ what: String, _ times: [Double], _ bound: String) {
        print(
            "keys at size  \(what)".padding(toLength: 55, withPad: " ", startingAt: 0) + "\(spread(times)) ms \(bound)")
    }
}
