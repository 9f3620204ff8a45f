import Analysis

/// The evaluation of the layer on show: its tables as they fill in.
package struct EvaluationState: Sendable {
    /// How an evaluation stands.
    package enum Phase: Sendable, Hashable { case idle, running, stopped, whole }

    package var phase = Phase.idle
    package var sections: [ReportSection] = []
    package var progress: WorkProgress?
    /// Columns that tables too wide for the screen are moved by.
    var skipped = 0
    /// Grows each time it is begun or gone on with, so that it is asked for anew.
    var attempt = 0
    /// Of a layer or of words that are not on show any more: to be stopped.
    var abandoned: Job?
}
