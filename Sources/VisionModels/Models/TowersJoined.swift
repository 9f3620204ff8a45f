import LinearAlgebra

/// A contrastive model whose image tower is a target model by itself: its answer is the embedding.
package protocol TowersJoined: ContrastiveModel {
    var images: any TargetModel { get }
}

extension TowersJoined {
    package var input: ImageShape { images.input }
    package var preprocessing: Preprocessing { images.preprocessing }
    package var imagePoints: [HookPoint] { images.hookPoints }

    package func features(_ pixels: Tensor, hooks: Hooks) -> Tensor { images.logits(pixels, hooks: hooks) }

    package func features(resumingFrom point: HookPoint, _ activations: Tensor, hooks: Hooks) -> Tensor {
        images.logits(resumingFrom: point, activations, hooks: hooks)
    }

    package func grid(at point: HookPoint) -> TokenGrid? { images.grid(at: point) }

    /// What the tower ends with is the embedding; before it stands what is no matrix.
    package func end(after point: HookPoint, pooling: Pooling) -> TowerEnd? {
        point == imagePoints.last ? TowerEnd(norm: nil, projection: .identity(dimension)) : nil
    }
}
