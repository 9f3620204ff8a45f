import Analysis

/// The paper's encoder, trained by InfoNCE, beside one that was solved: tables have both.
extension StudiedLayer {
    /// This alignment's parameters, for the paper's training; nil where the layer's own encoder is that.
    var trainedParameters: AlignmentParameters? {
        guard parameters.method != .infoNCE else { return nil }
        var trained = parameters
        trained.method = .infoNCE
        (trained.balance, trained.shrinkage) = (nil, nil)
        return trained
    }

    /// The layer by the paper's encoder; nil where its own is that.
    func trained(_ work: Work) throws -> StudiedLayer? {
        guard let trainedParameters else { return nil }
        try target.train(trainedParameters, work)
        return try StudiedLayer(target, concepts: concepts.names, parameters: trainedParameters)
    }

    /// Neurons as the paper ranks them, and as this program's standard ranking does, through the paper's encoder.
    func trainedSets(_ work: Work) throws -> [UnitSets] {
        guard let layer = try trained(work) else { return [] }
        return layer.neurons.unitSets.filter { [.cosine, Self.reference(.neuron)].contains($0.method) }
            .map { $0.named($0.method.ofTraining) }
    }
}
