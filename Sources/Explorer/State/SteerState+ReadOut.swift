import Analysis

/// What is known of the intervention on show.
struct ReadOut: Equatable {
    var outcome: InterventionOutcome
    /// False while the answer to the present sliders is on its way, and this is the one before.
    var isCurrent: Bool
    /// The class it was read on, and the β it holds at.
    var target: ConceptClass
    var beta: Double
}

extension State {
    /// The unit set, operator and class to steer now; nil before a concept was located.
    var steerSubject: SteerState.Subject? { steer.subject(of: locate.found) }

    /// Accuracy before and after at the present β.
    var readOut: ReadOut? {
        guard let study else { return nil }
        return study.isLinear ? readOutOfCurve : readOutOfCount
    }

    private var readOutOfCurve: ReadOut? {
        guard let (subject, curve) = steer.curve else { return nil }
        let isCurrent = subject == steerSubject
        let beta = subject.operator == steer.operator ? steer.beta : subject.operator.identity
        let images = curve.classCount + curve.otherCount
        let outcome = InterventionOutcome(
            before: curve.accuracy(at: subject.operator.identity), after: curve.accuracy(at: beta), images: images,
            imagesInAll: images)
        return ReadOut(outcome: outcome, isCurrent: isCurrent, target: subject.target, beta: beta)
    }

    private var readOutOfCount: ReadOut? {
        guard let (intervention, target, outcome) = steer.outcome else { return nil }
        let isCurrent = intervention == steerSubject?.intervention(at: steer.beta) && target == steerSubject?.target
        return ReadOut(outcome: outcome, isCurrent: isCurrent, target: target, beta: intervention.beta)
    }
}

/// The 95 % interval of a share seen in `count` trials (Wilson 1927).
func wilsonInterval(_ share: Double, count: Int) -> ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    let (n, z) = (Double(count), 1.959964)
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, center - half)...min(1, center + half)
}
