import VisionModels

/// The findings of an inspection in words.
enum InspectionWording {
    static func words(_ missing: ModelInspection.Missing) -> (part: String, note: String) {
        switch missing {
        case .weights(let searched): ("weights", "expected " + searched.joined(separator: ", or "))
        case .shards(let files): ("weights", "expected \(files.joined(separator: ", ")), as the index lists")
        case .tokenizer(let searched): ("tokenizer", "expected " + searched.joined(separator: ", or "))
        case .settings(.resnet), .settings(.resnetv2), .settings(.efficientnet), .settings(.convnext):
            ("config.json", "the shapes of the tensors tell the model")
        case .settings: ("config.json", "the shapes of the tensors tell the model, its width how many heads it has")
        case .preprocessing: ("preprocessing", "no file says; what models of this kind usually take is used")
        case .classNames: ("names of classes", "classes.txt beside the weights, one a line, or --classes gives them")
        }
    }

    static func words(_ use: ModelInspection.Use) -> String {
        switch use {
        case .target: "a target model, with classes of its own"
        case .headlessTarget:
            "a target model without classes: a probe head fitted on labels tells them apart, or --head FILE"
        case .zeroShotTarget: "a target model that tells the classes of a list apart (--classes)"
        case .conceptSpace: "a concept space"
        case .sentenceSpace: "a concept space by what the target model takes an image for (ConSE), and --sentences"
        case .autoencoder: "a layer's features (miclip sae import)"
        }
    }

    static func words(_ nearest: ModelInspection.Nearest) -> String {
        switch nearest {
        case .kinds(let names): names
        case .spelling(let key, let values): "\(key) \(values.joined(separator: ", or "))"
        case .part(let family, let prefix):
            "\(family.rawValue), whose tensors lie behind \(prefix): save these alone, without it"
        case .family(let family, let unknown, let missing):
            "\(family.rawValue)"
                + (unknown.isEmpty
                    ? "" : ", of which \(Wording.list(unknown, most: 3)) \(unknown.count == 1 ? "is" : "are") none")
                + (missing.isEmpty
                    ? "" : ", which has \(Wording.list(missing, most: 3)) too, of another shape or not here")
        }
    }

    static func words(_ source: ModelInspection.ActivationSource) -> String {
        switch source {
        case .file(let name): "as \(name) says"
        case .assumed(.openCLIP):
            "assumed, for no file says: OpenAI's weights have it, but open_clip's own have gelu unless their name ends in "
                + "-quickgelu; a config.json {\"vision_config\": {\"hidden_act\": \"gelu\"}, \"text_config\": "
                + "{\"hidden_act\": \"gelu\"}} beside them decides"
        case .assumed(let family): "assumed, the usual one of \(family.rawValue); no file says"
        }
    }

    /// `shortest edge to 256, bilinear, middle 224x224`
    static func geometry(_ preprocessing: Preprocessing) -> String {
        let size =
            switch preprocessing.resize {
            case nil: "own size"
            case .exactly(let height, let width)?: "to \(height)x\(width)"
            case .shortestEdge(let edge)?: "shortest edge to \(edge)"
            case .covering(let height, let width)?: "covering \(height)x\(width)"
            case .within(let height, let width)?: "within \(height)x\(width)"
            }
        let filter = preprocessing.resize == nil ? [] : [preprocessing.resampling.rawValue]
        let crop = preprocessing.crop.map { ["middle \($0.height)x\($0.width)"] } ?? []
        return ([size] + filter + crop).joined(separator: ", ")
    }
}
