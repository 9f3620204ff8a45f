import Analysis
import Digests
import LinearAlgebra

extension StudiedLayer {
    /// The units of a kind.
    ///
    /// - Throws: `noAutoencoder` where features are asked for and the study has none.
    package func space(_ kind: UnitKind) throws -> any UnitSpace {
        switch kind {
        case .neuron: neurons
        case .feature: try ownFeatures().space
        }
    }

    /// Of what decides the units' embeddings.
    func embeddingKey(_ kind: UnitKind) throws -> Digest {
        let alignment = try target.alignmentKey(parameters)
        switch kind {
        case .neuron: return alignment
        case .feature: return Digest("features", try ownFeatures().key.description, alignment)
        }
    }

    /// Of what an edit of such units depends on beside the layer.
    func editKey(_ kinds: Set<UnitKind>) throws -> String {
        guard kinds.contains(.feature) else { return "neurons" }
        let features = try ownFeatures().key.description
        return kinds.contains(.neuron) ? "neurons and " + features : features
    }

    private func ownFeatures() throws -> StudiedFeatures {
        guard let features = try studiedFeatures() else { throw target.noAutoencoder }
        return features
    }

    /// E_i of the probe images: unit rows [N, d]
    package var probeEmbeddings: Tensor { get throws { try context.imageEmbeddings.value } }

    /// The concept set, of which descriptions are made.
    package var concepts: ConceptSet { get throws { try context.concepts.value } }

    /// The study's classes: those the probe images were predicted as, which the encoder was aligned with.
    package var classes: ConceptSet { context.classes }

    /// Which layer of the study it is, and who is asked for its classes.
    package var place: LayerReference { target.reference }

    /// Who says which class an image is.
    package var reader: LayerReader { target.reader }

    package var encoder: NeuronEncoder { neurons.encoder }

    /// What makes every accuracy that is counted doubtful, in a few words; nil where nothing does.
    package var doubt: String? { get throws { try target.pairing().doubt } }

    /// The facts of the layer. Its accuracy is counted on the held-out images.
    package var facts: StudyFacts {
        get throws {
            let deviations = neurons.probe.deviations
            let sets = try target.study.conceptSetFacts()
            var facts = StudyFacts(
                study: target.folder.path, model: target.modelName, layer: target.hookPoint.name,
                probeImages: try target.probe.count, heldOutImages: try target.heldOut.count, units: encoder.count,
                isSigned: encoder.isSigned, concepts: sets.first(where: \.isChosen)?.count ?? 0,
                classes: classes.names,
                accuracy: try target.accuracy() ?? 0)
            facts.pooling = target.pooling.rawValue
            facts.features = try target.autoencoderReport()?.features ?? 0
            facts.words = target.classWords
            facts.remainder = target.remainder
            (facts.reader, facts.isOtherReader) = (target.reader, target.otherReader != nil)
            facts.layers = try target.study.layerFacts()
            facts.doubt = try doubt
            facts.conceptSets = sets
            // Twice the typical deviation of a unit is a strong shift; the slider reaches a little beyond.
            facts.addingReach = Double(3 * deviations.reduce(0, +) / Float(max(1, deviations.count)))
            return facts
        }
    }
}
