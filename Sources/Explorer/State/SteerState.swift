import Analysis

/// The intervention under the user's fingers, and what it is known to do.
public struct SteerState: Sendable {
    /// The sliders, top to bottom.
    public enum Row: Sendable, Hashable, CaseIterable { case size, scaling, adding }

    public var row = Row.scaling
    /// τ: the best so many units of the concept.
    public var setSize = 10
    public var `operator` = Operator.scaling
    public var scalingBeta = Operator.scaling.identity
    public var addingBeta = Operator.adding.identity
    /// The slider the mouse holds, from press to release.
    public var dragged: Row?

    /// For a linear rest of the network: accuracy over β, with what it was computed for.
    public var curve: (subject: Subject, curve: AccuracyCurve)?
    /// For any other: the newest count, with what it is of.
    public var outcome: (intervention: Intervention, target: ConceptClass, InterventionOutcome)?
    /// Complete counts at other β of the same subject: the curve as far as it was walked.
    public var walked: (subject: Subject, points: [WalkedPoint])?

    /// What a curve over β is computed for.
    public struct Subject: Sendable, Hashable {
        public var units: [InternalUnit]
        public var `operator`: Operator
        public var target: ConceptClass
    }

    public struct WalkedPoint: Sendable, Hashable {
        public var beta: Double
        public var accuracy: Accuracy
    }

    public static let largestSet = 50

    public var beta: Double {
        get { self.operator == .scaling ? scalingBeta : addingBeta }
        set { if self.operator == .scaling { scalingBeta = newValue } else { addingBeta = newValue } }
    }

    /// The set to steer: the best τ units of what was found.
    func subject(of found: Localization?) -> Subject? {
        guard let found, !found.units.isEmpty else { return nil }
        return Subject(units: found.units.prefix(setSize).map(\.unit), operator: self.operator, target: found.target)
    }
}

extension SteerState.Subject {
    func intervention(at beta: Double) -> Intervention {
        Intervention(units: units, operator: self.operator, beta: beta)
    }
}
