import Analysis

/// The interventions under the user's fingers, and what they are known to do.
public struct SteerState: Sendable {
    /// The sliders of the selected intervention, top to bottom.
    public enum Row: Sendable, Hashable, CaseIterable { case size, scaling, adding }

    public var list = SteeringList()
    public var row = Row.scaling
    /// The slider the mouse holds, from press to release.
    public var dragged: Row?
    public var history = SteeringHistory()
    /// The units of concepts that are or were in the list, so that those that hold need not be located again.
    var known: [LocateRequest: Localization] = [:]

    /// For a linear rest of the network: accuracy over β, with what it was computed for.
    public var curve: (subject: Subject, curve: AccuracyCurve)?
    /// For any other: the newest count, with what it is of.
    public var outcome: (steering: Steering, target: ConceptClass, InterventionOutcome)?
    /// Accuracy at other β of the same subject, as far as it is known.
    public var walked: (subject: Subject, points: [WalkedPoint])?
    /// Accuracy over β where a formula gives it.
    public var swept: (subject: Subject, points: [WalkedPoint])?
    /// Half the width of the 95 % intervals at which a count stops by itself; nil goes on to all images.
    public var halfWidth: Double? = 0.01
    /// What happened to single images.
    public var inspected: (steering: Steering, Inspection)?

    /// What a curve over β is computed for.
    public struct Subject: Sendable, Hashable {
        /// The interventions, the moving one at its identity.
        public var steering: Steering
        public var target: ConceptClass

        public var units: [InternalUnit] { steering.active.units }
        public var `operator`: Operator { steering.active.operator }
    }

    public struct WalkedPoint: Sendable, Hashable {
        public var beta: Double
        public var accuracy: Accuracy

        public init(beta: Double, accuracy: Accuracy) {
            self.beta = beta
            self.accuracy = accuracy
        }
    }

    public static let largestSet = 50
    /// Interventions at once: as many as the screen can list.
    static let mostEntries = 9
}

/// The selected intervention's sliders.
extension SteerState {
    /// τ: the best so many units of the concept.
    public var setSize: Int {
        get { list.active.setSize }
        set { list.active.setSize = newValue }
    }

    public var `operator`: Operator {
        get { list.active.operator }
        set { list.active.operator = newValue }
    }

    public var scalingBeta: Double {
        get { list.active.scalingBeta }
        set { list.active.scalingBeta = newValue }
    }

    public var addingBeta: Double {
        get { list.active.addingBeta }
        set { list.active.addingBeta = newValue }
    }

    public var beta: Double {
        get { list.active.beta }
        set { list.active.beta = newValue }
    }

    /// Goes to the slider of the operator in force, where it stands on the other's.
    mutating func takeOperator() {
        switch (row, list.active.operator) {
        case (.scaling, .adding): row = .adding
        case (.adding, .scaling): row = .scaling
        default: break
        }
    }
}
