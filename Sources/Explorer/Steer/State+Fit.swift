import Analysis

/// The β that does most, and findings taken up again.
extension State {
    /// What the other classes may lose by it, from 0 to 1.
    static var fitBound: Double { 0.005 }

    /// Asks for the β of the selected intervention that does most for the class.
    mutating func fit(_ study: OpenStudy) -> [Effect] {
        guard let subject = steerSubject(of: steering), !subject.units.isEmpty else {
            tell("Nothing to fit yet")
            return []
        }
        let range = (steer.operator == .scaling ? Slider.scaling : study.adding).range
        jobs.forget(.fit)
        guard let job = jobs.start(.fit, for: subject) else { return [] }
        tell("Looking for the β that does most for \(subject.target.name)…")
        return [.fit(subject.steering, target: subject.target, over: range, bound: Self.fitBound, job)]
    }

    /// Moves the slider to the fitted β, and says what it does on images that it was not fitted on.
    mutating func take(_ fit: StrengthFit, _ job: Job) {
        guard jobs.accept(job), let study, let subject = jobs.subject(.fit) as? SteerState.Subject,
            subject == steerSubject(of: steering), fit.betas.indices.contains(subject.steering.moving)
        else { return }
        setBeta(fit.betas[subject.steering.moving], study)
        let changes = [fit.reported.classAccuracy, fit.reported.otherAccuracy].map { accuracy in
            accuracy.map { points($0.after - $0.before) } ?? "no image"
        }
        tell(
            "β \(fixed(steer.beta, 2)); on the half it was not fitted on \(subject.target.name) \(changes[0]) points, "
                + "others \(changes[1])", .success)
    }

    /// Goes to what a finding is of, in its layer: the unit in the table, or Steer with the interventions on the very units
    /// they were on.
    mutating func applyFinding(_ study: OpenStudy) {
        guard let finding = findings.selected else { return }
        let origin = finding.origin ?? study.facts.reference
        guard origin == study.facts.reference || study.layers.contains(where: { $0.reference == origin.place }) else {
            return tell("Its layer is not in this study")
        }
        switch finding.subject {
        case .unit(let description): go(to: description.unit, of: origin)
        case .intervention(let concept, let target, let intervention, _):
            steer([concept], target, Steering(intervention), origin, study)
        case .steering(let concepts, let target, let steering, _): steer(concepts, target, steering, origin, study)
        }
    }

    private mutating func steer(
        _ concepts: [String], _ target: ConceptClass, _ steering: Steering, _ layer: LayerReference, _ study: OpenStudy
    ) {
        let entries = steering.interventions.enumerated().map { place, intervention in
            let text = concepts.indices.contains(place) ? ConceptText(concepts[place], layer: layer.layer) : nil
            // A set picked by hand goes on without a name, where it had none.
            let name = text.flatMap { $0.name ?? ($0.units.isEmpty ? $0.words : nil) }
            var entry = SteeringEntry(
                concept: ConceptText.text(of: intervention.units, name: name, className: target.name),
                ranking: ranking, setSize: max(1, intervention.units.count), operator: intervention.operator)
            entry.beta = intervention.beta
            return entry
        }
        guard entries.allSatisfy({ $0.concept.count <= TextField.limit }) else {
            return tell("Too many units to steer by name")
        }
        let kind = steering.unitKinds.contains(unitKind) ? unitKind : steering.unitKinds.first ?? unitKind
        let list = SteeringList(entries, selected: steering.moving, units: kind, words: steer.list.words)
        if layer == study.facts.reference {
            steer.list = list
            locate.cursor = ListCursor()
            steer.takeOperator()
        } else {
            layers.places[layer] = LayerPlace(layer: layer, steering: list)
            layers.wanted = layer
        }
        screen = .steer
        focus = .steering
    }
}
