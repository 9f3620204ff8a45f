import Files

extension NamedTensors {
    /// The keys of a SigLIP's config.json, as its tensors tell them.
    func siglipSettings() throws(VisionModelsError) -> (vision: [String: JSON], text: [String: JSON]) {
        let file = checkpoint.file
        let family = CheckpointFamily.huggingFaceSigLIPVision
        let tower = NamedTensors(checkpoint: checkpoint, names: family.names.rooted(at: "vision_model."))
        let vision = try tower.vitSettings(of: family)
        guard let vocabulary = shape(of: "text_model.embeddings.token_embedding.weight"), vocabulary.count == 2,
            let positions = shape(of: "text_model.embeddings.position_embedding.weight")?.first,
            let dimension = shape(of: "text_model.head.weight")?.first
        else { throw .uninferable(file: file, key: "text_config.vocab_size") }
        let width = vocabulary[1]
        var text: [String: JSON] = [
            "hidden_size": .whole(width), "vocab_size": .whole(vocabulary[0]), "projection_size": .whole(dimension),
            "max_position_embeddings": .whole(positions),
            "num_attention_heads": .whole(width == 1152 ? 16 : max(width / 64, 1)),
        ]
        text.merge(try encoderSettings("text_model.encoder.layers", mlp: "mlp.fc1.weight")) { $1 }
        return (vision, text)
    }
}
