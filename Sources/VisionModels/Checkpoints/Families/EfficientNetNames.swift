extension EfficientNetLayout {
    /// The names of an EfficientNet's parts in one family of checkpoints.
    struct Names {
        private let family: CheckpointFamily

        init(_ family: CheckpointFamily) { self.family = family }

        var stem: NormalizedName {
            switch family {
            case .huggingFaceEfficientNet: pair("efficientnet.embeddings.", "convolution", "batchnorm")
            case .publishedEfficientNet: pair("_", "conv_stem", "bn0")
            default: pair("", "conv_stem", "bn1")
            }
        }

        var head: NormalizedName {
            switch family {
            case .huggingFaceEfficientNet: pair("efficientnet.encoder.", "top_conv", "top_bn")
            case .publishedEfficientNet: pair("_", "conv_head", "bn1")
            default: pair("", "conv_head", "bn2")
            }
        }

        var classifier: String {
            family == .publishedEfficientNet ? "_fc" : "classifier"
        }

        private func pair(_ root: String, _ convolution: String, _ normalization: String) -> NormalizedName {
            NormalizedName(convolution: root + convolution, normalization: root + normalization)
        }

        /// The blocks, stage by stage, without their strides.
        func stages(_ tensors: NamedTensors) throws(VisionModelsError) -> [[Block]] {
            switch family {
            case .huggingFaceEfficientNet:
                let block = "efficientnet.encoder.blocks."
                let count = tensors.count(of: block + "#.projection.project_conv.weight")
                return byWidth(
                    try (0..<count).map { (index) throws(VisionModelsError) in try flat("\(block)\(index).", tensors) })
            case .publishedEfficientNet:
                let count = tensors.count(of: "_blocks.#._project_conv.weight")
                return byWidth(
                    try (0..<count).map { (index) throws(VisionModelsError) in try flat("_blocks.\(index).", tensors) })
            default:
                var stages: [[Block]] = []
                for stage in 0..<tensors.count(of: "blocks.#.0.bn1.weight") {
                    var blocks: [Block] = []
                    for index in 0..<tensors.count(of: "blocks.\(stage).#.bn1.weight") {
                        blocks.append(try nested("blocks.\(stage).\(index).", tensors))
                    }
                    stages.append(blocks)
                }
                return stages
            }
        }

        /// Where blocks stand in one row: a stage begins where the width changes.
        private func byWidth(_ blocks: [Block]) -> [[Block]] {
            var stages: [[Block]] = []
            for block in blocks {
                if stages.last?.last?.outputs == block.outputs {
                    stages[stages.count - 1].append(block)
                } else {
                    stages.append([block])
                }
            }
            return stages
        }

        /// A block of transformers' or of the published kind, both of which say what each part is.
        private func flat(_ root: String, _ tensors: NamedTensors) throws(VisionModelsError) -> Block {
            var block = Block()
            let isPublished = family == .publishedEfficientNet
            let expand =
                isPublished
                ? pair(root, "_expand_conv", "_bn0") : pair(root + "expansion.", "expand_conv", "expand_bn")
            if tensors.shape(of: expand.convolution + ".weight") != nil { block.expand = expand }
            block.depthwise =
                isPublished
                ? pair(root, "_depthwise_conv", "_bn1")
                : pair(root + "depthwise_conv.", "depthwise_conv", "depthwise_norm")
            block.project =
                isPublished
                ? pair(root, "_project_conv", "_bn2") : pair(root + "projection.", "project_conv", "project_bn")
            let gate = isPublished ? root + "_se_" : root + "squeeze_excite."
            return try measured(block, gate: (gate + "reduce", gate + "expand"), tensors)
        }

        /// A block of timm's: which parts it has tells what they are.
        private func nested(_ root: String, _ tensors: NamedTensors) throws(VisionModelsError) -> Block {
            func has(_ name: String) -> Bool { tensors.shape(of: root + name + ".weight") != nil }
            var block = Block()
            if has("conv_pwl") {
                let isFused = has("conv_exp")
                block.expand = pair(root, isFused ? "conv_exp" : "conv_pw", "bn1")
                if !isFused { block.depthwise = pair(root, "conv_dw", "bn2") }
                block.project = pair(root, "conv_pwl", isFused ? "bn2" : "bn3")
            } else if has("conv_dw") {
                block.depthwise = pair(root, "conv_dw", "bn1")
                block.project = pair(root, "conv_pw", "bn2")
            } else {
                block.expand = pair(root, "conv", "bn1")
            }
            return try measured(block, gate: (root + "se.conv_reduce", root + "se.conv_expand"), tensors)
        }

        /// With the widths of its parts, and the gate where there is one.
        private func measured(
            _ block: Block, gate: (reduce: String, expand: String), _ tensors: NamedTensors
        ) throws(VisionModelsError) -> Block {
            var block = block
            func shape(_ part: NormalizedName) throws(VisionModelsError) -> [Int] {
                let name = part.convolution + ".weight"
                guard let shape = tensors.shape(of: name), shape.count == 4 else {
                    throw .missingTensor(file: tensors.checkpoint.file, tensor: name, expected: [])
                }
                return shape
            }
            let widest = try shape((block.depthwise ?? block.expand)!)
            (block.hidden, block.window) = (widest[0], widest[2])
            block.outputs =
                try block.project.map { (part) throws(VisionModelsError) in try shape(part)[0] } ?? widest[0]
            if let width = tensors.shape(of: gate.reduce + ".weight")?.first {
                block.gate = (gate.reduce, gate.expand, width)
            }
            return block
        }
    }
}
