import Workbench

/// JSON of `predict`.
struct PredictionDocument: Encodable {
    struct Image: Encodable {
        var image: String
        /// Best first.
        var classes: [Class]
    }

    struct Class: Encodable {
        var `class`: String
        var index: Int
        var logit: Float
        var probability: Float
    }

    var predictions: [Image]

    init(_ predictions: [Prediction]) {
        self.predictions = predictions.map { prediction in
            Image(
                image: prediction.image,
                classes: prediction.classes.map {
                    Class(class: $0.class, index: $0.index, logit: $0.logit, probability: $0.probability)
                })
        }
    }
}
