import Analysis

/// A computation asked for. A newer job of a kind supersedes the older: the runner may stop it, its results are dropped.
public struct Job: Sendable, Hashable {
    public enum Kind: Sendable, Hashable, CaseIterable {
        case locate, profile, list, curve, count, quality, map, locateHeld, inspect, words
    }

    public var kind: Kind
    /// Grows with every job of the session.
    public var number: Int

    public init(kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }
}

/// What `update` asks the outside to do. Results come back as actions.
public enum Effect: Sendable, Hashable {
    /// Answered by `located`.
    case locate(concept: String, Ranking, UnitKind, Job)
    /// Answered by `profiled`.
    case profile(InternalUnit, Job)
    /// Answered by `listed`.
    case listUnits(UnitKind, Job)
    /// For a linear rest of the network: answered by `curved`.
    case curve(Steering, target: ConceptClass, over: ClosedRange<Double>, Job)
    /// Where a formula gives the accuracy at any β: answered by `swept`.
    case sweep(Steering, target: ConceptClass, at: [Double], Job)
    /// For any other: answered by `counted`, again and again until enough images are counted.
    /// `within`: until the 95 % intervals are no wider than twice this; nil counts all.
    case count(Steering, target: ConceptClass, within: Double?, Job)
    /// Answered by `measured`.
    case measureUnits(UnitKind, Job)
    /// Answered by `mapped`, again and again until the layout is whole.
    case map(UnitKind, Job)
    /// What happened to single images; answered by `inspected`.
    case inspect(Steering, Job)
    /// Counts on classes of other words; nil for the study's own. Answered by `reworded`.
    case reword(ClassWords?, Job)
    /// Writes what was done to a file; answered by `wroteSession`.
    case writeSession(SteeringRecord)
    case cancel(Job)
    /// Keeps a new finding; answered by `findings`. The runner knows the time.
    case store(Finding.Subject, note: String)
    /// These three are answered by `findings`.
    case deleteFinding(id: Int64)
    case restoreFinding(Finding)
    case setNote(id: Int64, String)
    /// Answered by `exported`.
    case export(ExportFormat)
    case saveSession(Session)
    case captureMouse(Bool)
    case redraw
    case suspend
    case quit
}

/// What happens to the explorer: events of the terminal, and results of effects.
public enum Action: Sendable {
    case terminal(TerminalEvent)
    /// Opening goes on.
    case progress(WorkProgress, secondsElapsed: Double)
    /// The study is open. `addingReach`: how far the adding slider should go, in units of activation.
    /// `isClosedForm`: whether, where that is not linear, a formula gives the accuracy at any β.
    case opened(StudyFacts, isLinear: Bool, addingReach: Double, isClosedForm: Bool = false)
    /// The place to come back to; sent after `opened`.
    case restored(Session)
    case located(Localization, Job)
    case profiled(UnitProfile, Job)
    case listed([UnitSummary], Job)
    case curved(AccuracyCurve, Job)
    case counted(InterventionOutcome, Job)
    case measured([InternalUnit: UnitQuality], Job)
    /// The map as it takes shape; the progress is nil when it is whole.
    case mapped(UnitMap, MapProgress?, Job)
    case swept([SteerState.WalkedPoint], Job)
    case inspected(Inspection, Job)
    /// From now on, accuracy is counted on classes of these words; nil for the study's own.
    case reworded(StudyFacts, ClassWords?, Job)
    case wroteSession(path: String)
    case findings([Finding])
    case exported(path: String, findings: Int)
    /// Something went wrong, in words for people; with the job it ended, if any.
    case failed(String, Job?)
}
