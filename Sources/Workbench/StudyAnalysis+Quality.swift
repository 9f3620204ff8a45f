import Analysis

extension StudyAnalysis {
    /// The quality of every unit, in the order of `summaries`.
    ///
    /// - Parameter checkCancellation: asked now and then; throws to end the work.
    public func qualities(checkCancellation: () throws -> Void = {}) throws -> [InternalUnit: UnitQuality] {
        let units = encoder.units
        let measured = try UnitQuality.measure(
            units, embeddings: encoder.embeddings(of: units), probe: probe, imageEmbeddings: probeEmbeddings,
            checkCancellation: checkCancellation)
        return Dictionary(uniqueKeysWithValues: zip(units, measured))
    }
}
