import Analysis
import LinearAlgebra
import VisionModels

/// Which vectors of an image an autoencoder encodes.
package enum AutoencoderUse: Sendable, Hashable {
    /// The one that the layer's pooling makes.
    case images
    /// Every token; the codes are pooled.
    case tokens(CodePooling)

    var pooling: CodePooling? { if case .tokens(let pooling) = self { pooling } else { nil } }
}

/// What is doubtful about an autoencoder that was made elsewhere, on the layer it is applied to.
package enum AutoencoderNotice: Sendable, Hashable {
    /// Tensors of its file take no part.
    case idleTensors([String])
    /// It was trained on other vectors than these.
    case otherInputs(trained: String, applied: String)
    /// Its file tells the mean norm of what it was trained on, and here it is another.
    case otherNorm(trained: Double, found: Double)
    /// It explains little of the variance here.
    case poor(explainedVariance: Double)
    /// Its own program keeps codes below zero where fewer than k are above; here such are none, and k is not reached.
    case negativeCodes(k: Int, l0: Double)

    /// Below this share of the variance an autoencoder is called off its distribution.
    package static let poorVariance = 0.5
    /// Norms further apart than by this factor are called others.
    static let otherNormFactor = 1.5

    static func all(
        of file: AutoencoderFile, _ use: AutoencoderUse, _ pooling: Pooling, _ report: AutoencoderReport, data: Tensor
    ) -> [AutoencoderNotice] {
        var notices: [AutoencoderNotice] = []
        let contents = file.contents
        if !file.ignoredTensors.isEmpty { notices.append(.idleTensors(file.ignoredTensors)) }
        if let inputs = contents.inputs {
            let fits: Bool =
                switch (inputs, use) {
                case (.classToken, .images): pooling == .cls
                case (.patches, .tokens), (.tokens, .tokens): true
                case (.tokens, .images): pooling == .cls
                case (.classToken, .tokens), (.patches, .images): false
                }
            if !fits {
                let applied = use.pooling == nil ? "the images' vectors (\(pooling.rawValue))" : "all tokens"
                notices.append(.otherInputs(trained: inputs.rawValue, applied: applied))
            }
        }
        if case .expectedAverage(let factor?) = contents.normalization {
            let norms = data.norms()
            let found = norms.reduce(0) { $0 + Double($1) } / Double(max(1, norms.count))
            let trained = Double(data.columns).squareRoot() / Double(factor)
            if max(found, trained) > otherNormFactor * min(found, trained) {
                notices.append(.otherNorm(trained: trained, found: found))
            }
        }
        if report.explainedVariance < poorVariance {
            notices.append(.poor(explainedVariance: report.explainedVariance))
        }
        if contents.keepsNegative, let k = report.k, report.l0 < Double(min(k, report.features)) - 1e-9 {
            notices.append(.negativeCodes(k: k, l0: report.l0))
        }
        return notices
    }
}

extension AutoencoderContents.Inputs? {
    /// Whether its file says that it was trained on tokens.
    var isOfTokens: Bool { self == .patches || self == .tokens }
}
