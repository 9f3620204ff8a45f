import Analysis

/// What happens to the explorer: events of the terminal, and results of effects.
package enum Action: Sendable {
    case terminal(TerminalEvent)
    /// Opening goes on: of the study, or of the layer that was chosen.
    case progress(WorkProgress, secondsElapsed: Double)
    /// A layer of the study is open: the first one without a job, one that was chosen with its job. Or the same layer
    /// with units described by the concept set that was chosen, with that job.
    case opened(StudyFacts, Job? = nil)
    /// The place to come back to; sent after the first `opened`.
    case restored(Session)
    /// The units of a concept. An estimate is followed by the exact list of the same job.
    case located(Localization, isExact: Bool, Job)
    /// What is known of a unit before the model is loaded; followed by `profiled` of the same job.
    case profiledFirst(UnitProfile, Job)
    case profiled(UnitProfile, Job)
    case sheeted(ContactSheet, Job)
    /// Heat maps that came in, and whether they are the last.
    case heated([HeatMap], isWhole: Bool, Job)
    case covered(CoveredImage, Job)
    case kin(UnitKin, Job)
    /// What methods call the unit; follows `kin` of the same job.
    case answered(UnitAnswers, Job)
    case paired(UnitPair, Job)
    case circuit(Circuit, isWhole: Bool, Job)
    /// How far comparing two layers is, and what was found.
    case comparingLayers(WorkProgress, Job)
    case comparedLayers(ComparedLayers, Job)
    /// The first of many units; followed by `listed` of the same job.
    case listedFirst(UnitTable, Job)
    case listed(UnitTable, Job)
    /// A curve of a part of the images is followed by that of all, of the same job.
    case curved(AccuracyCurve, Job)
    case fitted(StrengthFit, Job)
    case counted(InterventionOutcome, Job)
    case measured(UnitQualities, Job)
    /// The map as it takes shape; the progress is nil when it is whole.
    case mapped(UnitMap, MapProgress?, Job)
    case swept([SteerState.WalkedPoint], Job)
    case inspected(Inspection, Job)
    case compared([ImageComparison], Job)
    /// From now on, accuracy is counted on classes of these words; nil for the study's own.
    case reworded(StudyFacts, ClassWords?, Job)
    case wroteSession(path: String)
    case wroteTable(path: String, units: Int)
    /// How far the table at hand is.
    case evaluating(WorkProgress, Job)
    /// The tables as far as they are there.
    case evaluated([ReportSection], isWhole: Bool, Job)
    case wroteReport(paths: [String])
    /// How far long work is, and what it came to.
    case working(WorkProgress, Job)
    case worked(WorkDone, Job)
    /// Nothing stands at the place that was named at the start.
    case noStudy(at: String)
    /// What studies were made of before, the newest first, and what a form begins with.
    case earlier([StudyDraft], standard: StudyDraft, Job)
    case advised(FieldAdvice, Job)
    /// What is kept now, how many were deleted before and can be brought back, and what led to it.
    case findings([Finding], deleted: Int = 0, after: FindingChange? = nil)
    /// What was to be kept could not be, for a reason in words; the note is not lost.
    case notKept(NoteSubject, note: String, String)
    case exported(path: String, findings: Int)
    /// Something went wrong, in words for people; with the job it ended, if any.
    case failed(String, Job?)
}
