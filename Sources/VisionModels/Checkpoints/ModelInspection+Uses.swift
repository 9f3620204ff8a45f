import Files

extension ModelInspection {
    /// What a model can be here.
    package enum Use: String, Sendable, Codable {
        /// Its layers are studied; its own classes are counted.
        case target
        /// Its layers are studied; a head from a file or one fitted on labels tells classes apart.
        case headlessTarget
        /// Its layers are studied; it tells the classes of a list apart.
        case zeroShotTarget
        case conceptSpace
        /// A concept space by what a target model takes an image for (ConSE); the judge of descriptions, too.
        case sentenceSpace
        /// Features of a layer.
        case autoencoder
    }

    /// Where something cannot be run: the nearest thing that could.
    package enum Nearest: Sendable, Hashable {
        /// Of a kind that is known by name.
        case kinds(String)
        /// Values of a setting that are spelt alike.
        case spelling(key: String, [String])
        /// Its tensors are those of a family, but for some that family does not know, and some it needs.
        case family(CheckpointFamily, unknown: [String], missing: [String])
        /// The tensors of a family lie behind these letters; others beside them.
        case part(CheckpointFamily, prefix: String)
    }

    mutating func findUses(_ location: ModelLocation) {
        guard problem == nil, missing.allSatisfy({ !$0.isNeeded }) else { return }
        guard let family else {
            let hasCode = ["W_enc", "W_dec"].allSatisfy { name in tensors.contains { $0.name == name } }
            if hasCode { uses = [.autoencoder] }
            return
        }
        if family.architecture.hasTexts {
            uses = [.conceptSpace, .zeroShotTarget]
        } else {
            uses = [classes == nil ? .headlessTarget : .target]
        }
    }

    mutating func findNearest(in checkpoint: Checkpoint) {
        switch problem {
        case .unsupportedModel(_, let kind): nearest = ForeignModel.relatives(of: kind).map(Nearest.kinds)
        case .unusedTensors(_, let tensors)?:
            nearest = family.map { .family($0, unknown: tensors, missing: []) }
        case .missingTensor(_, let tensor, _)?, .misshapenTensor(_, let tensor, _, _)?:
            nearest = family.map { .family($0, unknown: [], missing: [tensor]) }
        case .unsuitableSetting(_, key: "model_type", _, let found)?:
            let alike = NearestNames.of(found.filter { $0 != "\"" }, among: Architecture.modelTypes)
            nearest =
                family.map { .family($0, unknown: [], missing: []) }
                ?? (alike.isEmpty ? nil : .spelling(key: "model_type", alike))
        case nil where family == nil && uses.isEmpty: nearest = CheckpointFamily.nearest(to: checkpoint)
        default: break
        }
    }
}

extension Architecture {
    /// Values of transformers' `model_type` that are known.
    static let modelTypes = [
        "vit", "deit", "dinov2", "dinov2_with_registers", "dinov3_vit", "clip_vision_model", "siglip_vision_model",
        "resnet", "efficientnet", "convnext", "convnextv2", "clip", "siglip", "bit", "mobilenet_v2", "regnet",
    ].filter { Architecture(modelType: $0) != nil }
}

extension CheckpointFamily {
    /// The family that a checkpoint of none has the most of: all of it behind other letters, else some of its landmarks.
    static func nearest(to checkpoint: Checkpoint) -> ModelInspection.Nearest? {
        let names = checkpoint.tensorNames
        for family in allCases {
            let landmarks = family.alone
            for name in names where name.hasSuffix("." + landmarks[0]) {
                let prefix = String(name.dropLast(landmarks[0].count))
                let isWhole = landmarks.allSatisfy { checkpoint.shape(of: prefix + $0) != nil }
                if isWhole { return .part(family, prefix: prefix) }
            }
        }
        let shares = allCases.compactMap { family -> (family: CheckpointFamily, missing: [String])? in
            let missing = family.alone.filter { checkpoint.shape(of: $0) == nil }
            return missing.count < family.alone.count ? (family, missing) : nil
        }
        let best = shares.min { $0.missing.count < $1.missing.count }
        return best.map { .family($0.family, unknown: [], missing: $0.missing) }
    }

    /// Its landmarks in a file of a model alone.
    private var alone: [String] {
        let names = self.names.rooted(at: roots.contains("") ? "" : self.names.ownRoot)
        return landmarks.map(names.rooted)
    }
}
