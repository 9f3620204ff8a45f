import Analysis

/// What is known of the interventions on show.
struct ReadOut: Equatable {
    var outcome: InterventionOutcome
    /// False while the answer to the present sliders is on its way, and this is the one before.
    var isCurrent: Bool
    /// The class it was read on, and the β it holds at.
    var target: ConceptClass
    var beta: Double
    /// Images that turned right, and that turned wrong; nil where only counts are known.
    var flipped: Flips?
    /// Whether it is of a part of the images while all are being counted: nothing to keep.
    var isFirstLook = false

    struct Flips: Equatable {
        var right: Int
        var wrong: Int
    }
}

/// What the interventions are and come to as the sliders stand: worked out once a frame, for all that shows it.
struct SteerReading {
    /// Nil before a concept was located.
    let steering: Steering?
    /// What a curve is of now; nil while the units or the class are not known for sure.
    let subject: SteerState.Subject?
    /// The class accuracy is read on.
    let target: ConceptClass?
    /// Accuracy before and after at the present β.
    let readOut: ReadOut?

    init(_ state: State, _ study: OpenStudy) {
        let steering = state.steering
        self.steering = steering
        subject = state.steerSubject(of: steering)
        readOut =
            switch study.facts.remainder {
            case .linear: Self.ofCurve(state.steer, subject)
            case .normalized, .resumed: Self.ofCount(state.steer, steering, state.locate.found?.target)
            case .none: nil
            }
        target = readOut?.target ?? state.locate.found?.target
    }

    private static func ofCurve(_ steer: SteerState, _ now: SteerState.Subject?) -> ReadOut? {
        guard let (subject, curve) = steer.curve else { return nil }
        let beta = subject.operator == steer.operator ? steer.beta : subject.operator.identity
        let flips = curve.isWhole ? curve.flips(at: beta) : nil
        return ReadOut(
            outcome: curve.outcome(at: beta), isCurrent: subject == now, target: subject.target, beta: beta,
            flipped: flips.map { ReadOut.Flips(right: $0.right, wrong: $0.wrong) }, isFirstLook: !curve.isWhole)
    }

    private static func ofCount(_ steer: SteerState, _ now: Steering?, _ target: ConceptClass?) -> ReadOut? {
        guard let (steering, counted, outcome) = steer.outcome else { return nil }
        return ReadOut(
            outcome: outcome, isCurrent: steering == now && counted == target, target: counted,
            beta: steering.active.beta)
    }
}

extension State {
    /// The interventions as the sliders stand; nil before a concept was located. The selected one moves even while it
    /// is muted, on no units.
    var steering: Steering? {
        guard let found = locate.found, !found.units.isEmpty else { return nil }
        var interventions: [Intervention] = []
        var moving = 0
        for (position, entry) in steer.list.entries.enumerated() {
            if position == steer.list.selected {
                moving = interventions.count
                interventions.append(entry.intervention(on: found.units))
            } else if !entry.isMuted, let held = steer.known[entry.request(for: unitKind)] {
                interventions.append(entry.intervention(on: held.units))
            }
        }
        return Steering(interventions, moving: moving)
    }

    /// What a curve is to be computed for now. Never on the units of an estimate: figures are of the exact set.
    func steerSubject(of steering: Steering?) -> SteerState.Subject? {
        guard let steering, let found = locate.found, !locate.isOfOtherWords, !locate.isEstimate else { return nil }
        return SteerState.Subject(steering: steering.curveSubject, target: found.target)
    }
}
