import LinearAlgebra

/// Images that interventions are counted on, as the model gave them.
package struct CountedImages: Sendable {
    /// Pooled [N, units], or with tokens [N, T, units] where the rest of the network must be run again.
    package let activations: Tensor
    /// True classes.
    package let labels: [Int]
    /// The classes the model predicts.
    package let unedited: [Int]
    package let remainder: Remainder
    /// `NormalizedRemainder.products` of the activations; empty for any other remainder.
    private let products: Once<Tensor>
    private let given: Once<Tensor>
    /// ‖E a‖ of each image where logits are cosines.
    let lengths: Once<[Float]?>
    /// Of logits times those lengths.
    let leading: Once<LeadingClasses?>

    /// - Parameter logits: as the model gives them [N, classes], read or made when first needed.
    package init(
        activations: Tensor, logits: Once<Tensor>, labels: [Int], unedited: [Int], remainder: Remainder
    ) {
        self.activations = activations
        given = logits
        self.labels = labels
        self.unedited = unedited
        self.remainder = remainder
        products = Once {
            if case .normalized(let remainder) = remainder { remainder.products(activations) } else { Tensor([0]) }
        }
        let lengths = Once<[Float]?> {
            if case .linear(let remainder) = remainder { remainder.lengths(activations) } else { nil }
        }
        self.lengths = lengths
        leading = Once { LeadingClasses(try logits.value, lengths: try lengths.value) }
    }

    /// The images in the fixed random order they are counted in.
    package var countingOrder: [Int] {
        var random = SeededGenerator(seed: 0)
        return Array(labels.indices).shuffled(using: &random)
    }

    package var count: Int { labels.count }

    /// Finds out which classes lead on each image, where the rest of the network is linear: parts of the images are then
    /// counted faster.
    package func rankClasses() throws {
        if case .linear = remainder { _ = try leading.value }
    }

    /// Keeps in memory, while `body` runs, what parts of the images are counted from again and again.
    package func holding<Result>(_ body: () throws -> Result) throws -> Result {
        guard case .linear = remainder else { return try activations.holding(body) }
        return try activations.holding { try logits.holding(body) }
    }

    /// As the model gives them: [N, classes]
    package var logits: Tensor { get throws { try given.value } }

    /// Right answers without any intervention, 0 to 1.
    package var accuracy: Double {
        Double(zip(unedited, labels).count { $0 == $1 }) / Double(max(1, labels.count))
    }

    /// Classes predicted for some of the images under interventions; nil where nothing gives classes.
    package func predictions(
        _ images: [Int], _ steering: Steering, _ readings: any UnitReadings
    ) throws -> EditedPredictions? {
        try predictions(images, steering, at: [steering.active.beta], readings)?[0]
    }

    /// The same at several β of the moving intervention, one after the other.
    package func predictions(
        _ images: [Int], _ steering: Steering, at betas: [Double], _ readings: any UnitReadings
    ) throws -> [EditedPredictions]? {
        guard !images.isEmpty else { return betas.map { _ in EditedPredictions() } }
        // All of them, in any other order, are some.
        let rows = images.elementsEqual(0..<count) ? nil : images
        var classes: [[Int]?]?
        switch remainder {
        case .linear:
            let lines = try lines(of: steering.curveSubject, images: rows, readings)
            defer { lines?.release() }
            classes = lines?.winners(at: betas)
        case .normalized(let remainder):
            let moves = try readings.moves(steering, rows: rows)
            guard case .coordinates(let units) = moves.directions else { break }
            let (own, products) = (rows.map(activations.rows) ?? activations, try products.value)
            let ownProducts = rows.map(products.rows) ?? products
            classes = betas.map {
                remainder.predictions(own, products: ownProducts, units: units, moves, t: steering.at($0).step)
            }
        case .resumed, .none: break
        }
        let found = try classes ?? betas.map { try logits(images, steering.at($0), readings)?.argmax() }
        let edited = found.compactMap { $0.map { EditedPredictions(images: images, classes: $0) } }
        return edited.count == betas.count ? edited : nil
    }

    /// Logits of some of the images under interventions: [images, classes]; nil where nothing gives classes.
    package func logits(_ images: [Int], _ steering: Steering, _ readings: any UnitReadings) throws -> Tensor? {
        switch remainder {
        case .linear(let remainder): return remainder.logits(edited(images, steering, readings))
        case .normalized(let remainder):
            let moves = try readings.moves(steering, rows: images)
            guard case .coordinates(let units) = moves.directions else {
                let edited = edited(images, steering, readings)
                return remainder.logits(edited, products: remainder.products(edited), steering: .nothing)
            }
            return remainder.logits(
                activations.rows(at: images), products: try products.value.rows(at: images), units: units, moves,
                t: steering.step)
        case .resumed(let remainder): return remainder.logits(activations, images: images, steering, readings)
        case .none: return nil
        }
    }

    /// The activations of some images after interventions: [images, units]
    private func edited(_ images: [Int], _ steering: Steering, _ readings: any UnitReadings) -> Tensor {
        var edited = activations.rows(at: images)
        readings.apply(steering, to: &edited, rows: Array(images.indices))
        return edited
    }
}
