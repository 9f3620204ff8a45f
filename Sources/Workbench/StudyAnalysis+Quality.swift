import Analysis

extension StudyAnalysis {
    /// The quality of every unit of a kind.
    ///
    /// - Parameter checkCancellation: asked now and then; throws to end the work.
    /// - Throws: `noAutoencoder` for features where none are loaded.
    public func qualities(
        _ kind: UnitKind = .neuron, checkCancellation: () throws -> Void = {}
    ) throws -> [InternalUnit: UnitQuality] {
        let units = try units(kind)
        let measured: [UnitQuality]
        switch kind {
        case .neuron:
            measured = try UnitQuality.measure(
                units, embeddings: encoder.embeddings(of: units), probe: probe, imageEmbeddings: probeEmbeddings,
                checkCancellation: checkCancellation)
        case .feature:
            let features = try loadedFeatures()
            measured = try UnitQuality.measure(
                units, embeddings: features.retrieval.responding, probe: features.probe,
                imageEmbeddings: probeEmbeddings, checkCancellation: checkCancellation)
        }
        return Dictionary(uniqueKeysWithValues: zip(units, measured))
    }

    /// Every unit of a kind, in order.
    ///
    /// - Throws: `noAutoencoder` for features where none are loaded.
    public func units(_ kind: UnitKind) throws(WorkbenchError) -> [InternalUnit] {
        guard kind == .feature else { return encoder.units }
        let features = try loadedFeatures()
        return (0..<features.autoencoder.count).map(features.retrieval.unit)
    }
}
