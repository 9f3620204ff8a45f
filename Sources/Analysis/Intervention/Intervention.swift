/// What an intervention does to the activation of each unit in its set.
package enum Operator: String, Sendable, Hashable, Codable, CaseIterable {
    /// ã_i = β a_i; β = 1 changes nothing. Acts on the whole neuron whichever pole was named.
    case scaling
    /// ã_i = a_i + β along the unit's pole (a_i - β for `17-`); β = 0 changes nothing.
    case adding

    /// The β that changes nothing.
    package var identity: Double { self == .scaling ? 1 : 0 }
}

/// Changes to a set of units of one layer.
package struct Intervention: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case units, `operator`, beta }

    package var units: [InternalUnit]
    package var `operator`: Operator
    package var beta: Double

    package init(units: [InternalUnit], operator: Operator, beta: Double) {
        self.units = units
        self.operator = `operator`
        self.beta = beta
    }
}

/// Share of images classified right, from 0 to 1.
package struct Accuracy: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case overall, ofClass, ofOthers }

    /// Over all images.
    package var overall: Double
    /// Over the images whose label is the concept's class.
    package var ofClass: Double
    /// Over the images of every other class: off-target damage shows here.
    package var ofOthers: Double

    package init(overall: Double, ofClass: Double, ofOthers: Double) {
        self.overall = overall
        self.ofClass = ofClass
        self.ofOthers = ofOthers
    }
}

/// What an intervention did: accuracy on held-out images before and after.
package struct InterventionOutcome: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey {
        case before, after, images, imagesInAll, classImages, classImagesInAll
    }

    package var before: Accuracy
    package var after: Accuracy
    /// Held-out images it was counted on, and how many there are: equal once complete.
    package var images: Int
    package var imagesInAll: Int
    /// The same of the images of the concept's class.
    package var classImages: Int
    package var classImagesInAll: Int

    package init(
        before: Accuracy, after: Accuracy, images: Int, imagesInAll: Int, classImages: Int,
        classImagesInAll: Int
    ) {
        self.before = before
        self.after = after
        self.images = images
        self.imagesInAll = imagesInAll
        self.classImages = classImages
        self.classImagesInAll = classImagesInAll
    }

    package var isComplete: Bool { images >= imagesInAll }

    /// The 95 % interval of the accuracy on the class after the intervention, over all held-out images of the class.
    package var classInterval: ClosedRange<Double> {
        wilsonInterval(after.ofClass, count: classImages, of: classImagesInAll)
    }

    /// The same of the accuracy over all images.
    package var overallInterval: ClosedRange<Double> {
        wilsonInterval(after.overall, count: images, of: imagesInAll)
    }

    /// Half the width of the wider of the two.
    package var halfWidth: Double {
        let widths = [classInterval, overallInterval].map { $0.upperBound - $0.lowerBound }
        return (widths.max() ?? 0) / 2
    }
}
