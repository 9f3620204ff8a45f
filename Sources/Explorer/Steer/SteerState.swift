import Analysis

/// The interventions under the user's fingers, and what they are known to do.
package struct SteerState: Sendable {
    /// The sliders of the selected intervention, top to bottom.
    package enum Row: Sendable, Hashable, CaseIterable { case size, scaling, adding }

    package var list = SteeringList()
    package var row = Row.scaling
    /// The slider the mouse holds, from press to release.
    var dragged: Row?
    package var history = SteeringHistory()
    /// The units of concepts that are or were in the list, so that those that hold need not be located again.
    var known: [LocateRequest: Localization] = [:]

    /// For a linear rest of the network: accuracy over β, with what it was computed for.
    package var curve: (subject: Subject, curve: AccuracyCurve)?
    /// For any other: the newest count, with what it is of.
    package var outcome: (steering: Steering, target: ConceptClass, InterventionOutcome)?
    /// Accuracy at other β of the same subject, as far as it is known.
    package var walked: (subject: Subject, points: [WalkedPoint])?
    /// Accuracy over β where a formula gives it.
    package var swept: (subject: Subject, points: [WalkedPoint])?
    /// Half the width of the 95 % intervals at which a count stops by itself; nil goes on to all images.
    package var halfWidth: Double? = 0.01
    /// What happened to single images.
    package var inspected: (steering: Steering, Inspection)?
    /// Images of it before and after, by their rows, as far as they were looked at.
    var compared: [Int: ImageComparison] = [:]

    /// What a curve over β is computed for.
    package struct Subject: Sendable, Hashable {
        /// The interventions, the moving one at its identity.
        package var steering: Steering
        package var target: ConceptClass

        package var units: [InternalUnit] { steering.active.units }
        package var `operator`: Operator { steering.active.operator }
    }

    package struct WalkedPoint: Sendable, Hashable {
        package var beta: Double
        package var accuracy: Accuracy

        package init(beta: Double, accuracy: Accuracy) {
            self.beta = beta
            self.accuracy = accuracy
        }
    }

    static let largestSet = 50
    /// Interventions at once: as many as the screen can list.
    static let mostEntries = 9
}

/// The selected intervention's sliders.
extension SteerState {
    /// τ: the best so many units of the concept.
    package var setSize: Int {
        get { list.active.setSize }
        set { list.active.setSize = newValue }
    }

    package var `operator`: Operator {
        get { list.active.operator }
        set { list.active.operator = newValue }
    }

    package var scalingBeta: Double {
        get { list.active.scalingBeta }
        set { list.active.scalingBeta = newValue }
    }

    package var addingBeta: Double {
        get { list.active.addingBeta }
        set { list.active.addingBeta = newValue }
    }

    package var beta: Double {
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
