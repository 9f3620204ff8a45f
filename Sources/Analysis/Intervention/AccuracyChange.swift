/// An accuracy before and after an intervention, 0 to 1, as JSON and tables have it.
package struct AccuracyChange: Sendable, Hashable, Encodable {
    package var before: Double
    package var after: Double

    package init(_ before: Double, _ after: Double) { (self.before, self.after) = (before, after) }

    private enum CodingKeys: String, CodingKey { case before, after }
}

extension InterventionOutcome {
    package var accuracy: AccuracyChange { AccuracyChange(before.overall, after.overall) }
    /// Nil where no held-out image is of the class.
    package var classAccuracy: AccuracyChange? {
        classImagesInAll > 0 ? AccuracyChange(before.ofClass, after.ofClass) : nil
    }
    /// Nil where all are.
    package var otherAccuracy: AccuracyChange? {
        imagesInAll > classImagesInAll ? AccuracyChange(before.ofOthers, after.ofOthers) : nil
    }
}
