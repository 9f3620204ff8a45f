import Analysis

/// How far a target model is with all image sets, and how long the rest takes.
///
/// Probe images go through the concept space too, held-out ones through the target model alone. Both are timed apart, so
/// that from the first batches on the time left is that of both sets.
package struct PassMeter {
    /// What a set has: its rows, those behind where it begins, and what is left to run and to embed.
    package struct Extent {
        package var rows: Int
        package var completed: Int
        package var images: Int
        package var embeddings: Int

        package init(rows: Int, completed: Int, images: Int, embeddings: Int) {
            (self.rows, self.completed, self.images, self.embeddings) = (rows, completed, images, embeddings)
        }
    }

    private let note: String?
    private let total: Int
    /// Rows of the sets that are through, and of the one under way.
    private var (before, rows) = (0, 0)
    private var present = Extent(rows: 0, completed: 0, images: 0, embeddings: 0)
    private var left = (images: 0, embeddings: 0)
    private var done = (images: 0, embeddings: 0)
    private var seconds = (images: 0.0, embeddings: 0.0)
    private var lap = ContinuousClock.now
    private var elapsed = 0.0

    package init(_ sets: [Extent], note: String? = nil) {
        self.note = note
        total = sets.reduce(0) { $0 + $1.rows }
        left = (sets.reduce(0) { $0 + $1.images }, sets.reduce(0) { $0 + $1.embeddings })
    }

    /// A set begins; the one before is through.
    package mutating func begin(_ set: Extent) -> WorkProgress {
        before += present.rows
        (present, rows, elapsed, lap) = (set, set.completed, 0, .now)
        return progress
    }

    /// A batch is through.
    ///
    /// - Parameters:
    ///   - rows: of the set that are through.
    ///   - embeddingSeconds: what the concept space took of the time since the last batch.
    ///   - lapSeconds: that time; nil for what the clock says.
    package mutating func finish(
        to rows: Int, images: Int, embeddings: Int, embeddingSeconds: Double, lapSeconds: Double? = nil
    ) -> WorkProgress {
        let now = ContinuousClock.now
        let lasted = lapSeconds ?? (now - lap) / .seconds(1)
        (lap, self.rows, elapsed) = (now, rows, elapsed + lasted)
        (left.images, left.embeddings) = (left.images - images, left.embeddings - embeddings)
        (done.images, done.embeddings) = (done.images + images, done.embeddings + embeddings)
        seconds.embeddings += embeddingSeconds
        seconds.images += max(0, lasted - embeddingSeconds)
        return progress
    }

    private var progress: WorkProgress {
        let rate = rows > present.completed && elapsed > 0 ? Double(rows - present.completed) / elapsed : nil
        var progress = WorkProgress(phase: .activations, completed: before + rows, total: total, rate: rate)
        progress.note = note
        if rate != nil { progress.estimate = estimate }
        return progress
    }

    /// Seconds that the rest takes; nil while nothing of its kind was timed.
    private var estimate: Double? {
        func time(_ left: Int, _ done: Int, _ seconds: Double) -> Double? {
            left == 0 ? 0 : done == 0 ? nil : Double(left) * seconds / Double(done)
        }
        guard let images = time(left.images, done.images, seconds.images),
            let embeddings = time(left.embeddings, done.embeddings, seconds.embeddings)
        else { return nil }
        return images + embeddings
    }
}
