import Digests
import Files
import Foundation
import LinearAlgebra

/// A CLIP whose image tower is another network than CLIP's own, as open_clip joins them: EVA-CLIP (Sun et al. 2023) and
/// MobileCLIP (Vasu et al. 2024).
package struct TowerCLIP: TowersJoined {
    package let name: String
    package let assumptions: [ModelAssumption]
    package let digest: Digest
    package let logitScale: Float
    package let tokenizer: CLIPTokenizer
    /// E_i: its answer is the embedding.
    package let images: any TargetModel
    package let texts: TextTower

    package var dimension: Int { texts.projection.weight.outputs }
    package var tokenizerFile: String { tokenizer.file }
    package var textPooling: String {
        texts.isCausal
            ? "token \(tokenizer.end)" : "token \(tokenizer.end), which sees all \(texts.positions.rows) places"
    }
    package var architecture: String {
        "CLIP, image tower \(images.architecture), text tower \(texts.summary), \(dimension) dimensions"
    }

    package func embed(concepts: [String]) -> Tensor {
        texts.features(concepts.map(tokenizer.tokens(of:))).normalized()
    }

    init(_ files: ModelFiles) throws(VisionModelsError) {
        let settings = files.settings
        let tower = try files.imageTower()
        images = try tower.targetModel()
        var weights = files.weights()
        let textSettings = try settings.section("text_config")
        texts = try TextTower(
            &weights, textSettings, dimension: try settings.count("projection_dim", default: 512))
        logitScale = exp(try weights.tensor("logit_scale", [])[0])
        try weights.finish { !tower.isOutside($0) }
        let width = images.hookPoints[images.hookPoints.count - 1].width
        guard width == texts.projection.weight.outputs else {
            throw settings.unsuitable("projection_dim", expected: "\(width), as images have it")
        }
        tokenizer = try texts.tokenizer(inFolder: files.location.folder, textSettings)
        (name, assumptions) = (files.name, files.assumptions)
        digest = Digest("TowerCLIP", images.digest, settings.digest, tokenizer.digest)
    }
}
