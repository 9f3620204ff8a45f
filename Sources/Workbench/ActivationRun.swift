import Foundation
import LinearAlgebra
import VisionModels

/// A model whose activations are read, without a study: a target model, or the image tower of a CLIP or SigLIP, which needs no
/// classes for that.
package struct ActivationRun: Sendable {
    private enum Model: Sendable {
        case classifier(any TargetModel)
        case imageTower(any ContrastiveModel)
    }

    private let model: Model

    package init(_ choice: TargetModelChoice) throws {
        do {
            model = .classifier(try choice.load())
        } catch WorkbenchError.needsClasses {
            model = .imageTower(
                try loadContrastiveModel(at: Resources.locateModel(choice.location), precision: choice.precision))
        }
    }

    var name: String {
        switch model {
        case .classifier(let model): model.name
        case .imageTower(let towers): towers.name
        }
    }

    /// What the model takes for granted.
    package var assumptions: [ModelAssumption] {
        switch model {
        case .classifier(let model): model.assumptions
        case .imageTower(let towers): towers.assumptions
        }
    }

    var architecture: String {
        switch model {
        case .classifier(let model): model.architecture
        case .imageTower(let towers): towers.architecture
        }
    }

    var hookPoints: [HookPoint] {
        switch model {
        case .classifier(let model): model.hookPoints
        case .imageTower(let towers): towers.imagePoints
        }
    }

    /// Whether what follows the class token's units is linear, so that accuracy curves are exact.
    func isLinear(after point: HookPoint) -> Bool {
        guard case .classifier(let model) = model else { return false }
        return model.linearRemainder(after: point, pooling: .cls) != nil
    }

    private var input: ModelInput {
        switch model {
        case .classifier(let model): model.modelInput
        case .imageTower(let towers): towers.modelInput
        }
    }

    private func activations(at point: HookPoint, of pixels: Tensor) -> Tensor {
        switch model {
        case .classifier(let model): model.activations(at: point, of: pixels)
        case .imageTower(let towers): towers.activations(at: point, of: pixels)
        }
    }

    /// Writes activations at a hook point to a .npy file: [N, D], or [N, T, D] for the pooling `none`. Its shape.
    package func writeActivations(
        of images: ImageArguments, hook: String, pooling: String, to url: URL, _ work: Work = Work()
    ) throws -> [Int] {
        guard let point = hookPoints.named(hook) else {
            throw WorkbenchError.unknownLayer(hook, known: hookPoints.map(\.name))
        }
        let pooling = try point.pooling(named: pooling, among: point.poolings)
        let row = pooling == .none && point.tokens > 1 ? [point.tokens, point.width] : [point.width]
        let size = imagesTogether(batchSize: imagesAtOnce(through: hookPoints, input.shape), cores: cores)
        return try writeRows(row, to: url) { append in
            try images.batches(of: size, for: input, work) { indices, pixels in
                let values = pooling(activations(at: point, of: pixels))
                if let bad = values.firstNonFiniteRow {
                    let image = images.source.name(of: indices[bad * values.columns / row.reduce(1, *)])
                    throw WorkbenchError.notFinite(model: name, image: image)
                }
                try append(values)
            }
        }
    }
}
