import LinearAlgebra

/// What one choice of α and λ measured on the images held back.
package struct ClosedFormTrial: Sendable, Hashable, Codable {
    /// α, and λ.
    package var balance: Float
    package var shrinkage: Float
    /// Correlation of A W Cᵀ with the model's logits, both centred over classes and images.
    package var answers: Float
    /// Mean over the poles of the correlation of activation and similarity to the class name that describes it best.
    package var description: Float

    /// What the choice maximises: both anchors, neither by a ranking of units. Description counts twice, for answers are
    /// nearly met by any choice (docs/method.md).
    package var score: Float { (answers + 2 * description) / 3 }
}

/// Solves E_n in closed form, with α and λ chosen on probe images held back; then all probe images are fitted.
package struct ClosedFormAlignment: Sendable {
    private let data: AlignmentData
    private let activations, logits: Tensor
    private let parameters: AlignmentParameters

    static let balances: [Float] = [0, 0.1, 0.3, 1, 3, 10, 30, 100]
    static let shrinkages: [Float] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
    /// Images held back at most.
    static let most = 2000

    /// Nil for features, which are too many for eigenvectors.
    ///
    /// - Parameter logits: L [N, classes].
    package init?(_ data: AlignmentData, logits: Tensor, parameters: AlignmentParameters) {
        guard case .dense(let activations) = data.activations else { return nil }
        precondition(logits.rows == activations.rows && logits.columns == data.classEmbeddings.rows)
        (self.data, self.activations, self.logits, self.parameters) = (data, activations, logits, parameters)
    }

    /// The images that axes are of.
    package enum Part: Hashable, Sendable {
        case whole
        /// All but those that a seed holds back.
        case seen(seed: UInt64)
    }

    /// - Parameter axes: gives a part's axes, from where they are known or by making them.
    /// - Returns: nil where the activations are not finite.
    package func run(
        layer: String, isSigned: Bool, observe: (WorkProgress) throws -> Void = { _ in },
        axes: @escaping (Part, () throws -> ClosedFormAxes?) throws -> ClosedFormAxes? = { try $1() }
    ) throws -> (encoder: NeuronEncoder, chosen: ClosedFormTrial, trials: [ClosedFormTrial])? {
        var random = SeededGenerator(seed: parameters.seed)
        let order = Array(0..<activations.rows).shuffled(using: &random)
        let held = min(Self.most, order.count / 2, Int(Float(order.count) * parameters.validationShare))
        let back = Array(order[..<held])
        func report(_ completed: Int) throws {
            try observe(WorkProgress(phase: .alignment, completed: completed, total: 3))
        }
        try report(0)
        lazy var source = ClosedFormSource(
            activations: activations, logits: logits, embeddings: data.imageEmbeddings)
        func moments(of images: [Int]) throws -> ClosedFormMoments {
            try source.moments(of: images) { try report(0) }
        }
        guard
            let all = try axes(.whole, { ClosedFormAxes(try moments(of: Array(0..<activations.rows))) }),
            let seen = try axes(
                .seen(seed: parameters.seed), { ClosedFormAxes(all.moments - (try moments(of: back.sorted()))) }),
            let fitted = ClosedForm(seen, classes: data.classEmbeddings),
            let whole = ClosedForm(all, classes: data.classEmbeddings)
        else { return nil }
        try report(1)
        let judge = Judge(data.rows(at: back), logits: logits.rows(at: back), isSigned: isSigned, solver: fitted)
        let trials = try tried.map { choice in
            try report(1)
            return judge.trial(inner(fitted, choice.0, choice.1), choice)
        }
        guard let chosen = trials.max(by: { $0.score < $1.score }) else { return nil }
        try report(2)
        let weights = whole.weights(inner(whole, chosen.balance, chosen.shrinkage))
        try report(3)
        return (NeuronEncoder(layer: layer, weights: weights, isSigned: isSigned), chosen, trials)
    }

    /// W of one choice, in the solver's own axes, each anchor with its weight.
    private func inner(_ solver: ClosedForm, _ balance: Float, _ shrinkage: Float) -> Tensor {
        solver.inner(balance: balance * parameters.outputWeight, shrinkage: shrinkage, image: parameters.inputWeight)
    }

    /// The choices of α and λ, or those that were asked for.
    private var tried: [(Float, Float)] {
        (parameters.balance.map { [$0] } ?? Self.balances).flatMap { balance in
            (parameters.shrinkage.map { [$0] } ?? Self.shrinkages).map { (balance, $0) }
        }
    }
}

/// Measures encoders on images that were held back.
private struct Judge {
    /// The activations in the solver's own axes.
    private let activations: Tensor
    private let logits, classes: Tensor
    private let solver: ClosedForm
    private let description: DescriptionScore
    private let isSigned: Bool

    init(_ data: AlignmentData, logits: Tensor, isSigned: Bool, solver: ClosedForm) {
        guard case .dense(let activations) = data.activations else { preconditionFailure("neurons are dense") }
        self.activations = solver.rotated(activations.centredColumns().0)
        self.solver = solver
        self.logits = logits.centredBothWays()
        classes = data.classEmbeddings.centredColumns().0
        description = DescriptionScore(data)
        self.isSigned = isSigned
    }

    func trial(_ inner: Tensor, _ choice: (Float, Float)) -> ClosedFormTrial {
        let predicted = solver.predictions(activations, inner, classes: classes)
        return ClosedFormTrial(
            balance: choice.0, shrinkage: choice.1, answers: correlation(predicted.values, logits.values),
            description: description.mean(of: solver.weights(inner), isSigned: isSigned))
    }
}
