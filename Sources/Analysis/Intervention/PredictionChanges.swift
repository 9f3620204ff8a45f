/// What an intervention did to single images: which answers changed, from what to what.
package struct PredictionChanges: Sendable, Hashable, Codable {
    /// Images that went from one predicted class to another.
    package struct Flow: Sendable, Hashable, Codable {
        package var from: Int
        package var to: Int
        package var images: Int
    }

    /// One class: its images, and how many of them are right.
    package struct ClassChange: Sendable, Hashable, Codable {
        package var index: Int
        package var images: Int
        package var rightBefore: Int
        package var rightAfter: Int
        /// Images of any class predicted as this one.
        var predictedBefore: Int
        var predictedAfter: Int

        /// Change in the class's accuracy, from -1 to 1; 0 where it has no images.
        package var change: Double { images > 0 ? Double(rightAfter - rightBefore) / Double(images) : 0 }
    }

    /// What became of an image whose answer changed.
    package enum Kind: String, Sendable, Hashable, Codable { case turnedWrong, turnedRight, wrongOtherwise }

    /// An image whose answer changed, with its true class.
    package struct Change: Sendable, Hashable, Codable {
        package var image: Int
        package var label: Int
        package var from: Int
        package var to: Int

        package var kind: Kind { to == label ? .turnedRight : from == label ? .turnedWrong : .wrongOtherwise }
    }

    /// Every image whose answer changed: those that turned wrong, those that turned right, the others.
    package var all: [Change] = []
    /// Wrong before and right now, and the other way: positions of images, ascending.
    package var flippedIn: [Int] = []
    package var flippedOut: [Int] = []
    /// Wrong before and otherwise wrong now.
    package var stillWrong: [Int] = []
    /// Largest first.
    package var flows: [Flow] = []
    /// In the order of the classes.
    package var classes: [ClassChange] = []

    /// - Parameters:
    ///   - before: predicted classes, one an image, and `after` the same images'.
    ///   - images: the positions these images stand at, where they are not all.
    package init(before: [Int], after: [Int], labels: [Int], classes count: Int, images: [Int]? = nil) {
        precondition(before.count == after.count && before.count == labels.count)
        classes = (0..<count).map {
            ClassChange(index: $0, images: 0, rightBefore: 0, rightAfter: 0, predictedBefore: 0, predictedAfter: 0)
        }
        var (flows, wrong, right, otherwise) = ([Int: Int](), [Change](), [Change](), [Change]())
        for position in before.indices {
            let (was, now, label) = (before[position], after[position], labels[position])
            classes[label].images += 1
            classes[label].rightBefore += was == label ? 1 : 0
            classes[label].rightAfter += now == label ? 1 : 0
            classes[was].predictedBefore += 1
            classes[now].predictedAfter += 1
            guard was != now else { continue }
            flows[was * count + now, default: 0] += 1
            let image = images?[position] ?? position
            let change = Change(image: image, label: label, from: was, to: now)
            switch change.kind {
            case .turnedRight: right.append(change)
            case .turnedWrong: wrong.append(change)
            case .wrongOtherwise: otherwise.append(change)
            }
        }
        all = wrong + right + otherwise
        (flippedIn, flippedOut) = (right.map(\.image), wrong.map(\.image))
        stillWrong = otherwise.map(\.image)
        self.flows = flows.map { Flow(from: $0 / count, to: $0 % count, images: $1) }
            .sorted { ($1.images, $0.from, $0.to) < ($0.images, $1.from, $1.to) }
    }

    /// The classes that lost most accuracy first; unchanged ones are left out.
    package var damage: [ClassChange] {
        classes.filter { $0.rightAfter != $0.rightBefore }.sorted { ($0.change, $0.index) < ($1.change, $1.index) }
    }

    /// Which classes gained or lost answers, most first: what is predicted as them now, less what was.
    package var gains: [(index: Int, images: Int)] {
        classes.map { ($0.index, $0.predictedAfter - $0.predictedBefore) }.filter { $0.1 != 0 }
            .sorted { (-abs($0.1), $0.0) < (-abs($1.1), $1.0) }
    }
}
