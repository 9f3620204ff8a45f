import Analysis
import Foundation

/// What interventions did to single images.
extension StudiedLayer {
    /// What they did to all held-out images; where the rest of the network must be run, to those counted so far.
    ///
    /// - Parameter images: how many flipped images to show before and after.
    package func inspection(of steering: Steering, images count: Int = 24) throws -> Inspection {
        let images = try heldOut
        let edited: EditedPredictions
        if images.remainder.kind == .resumed {
            let known = try keptPredictions(of: steering).sorted { $0.key < $1.key }
            edited = EditedPredictions(images: known.map(\.key), classes: known.map(\.value))
        } else {
            edited = try self.edited(Array(images.labels.indices), steering)
        }
        let changes = edited.changes(
            unedited: images.unedited, labels: images.labels, classes: countedClasses.names.count)
        let shown = changes.all.prefix(count).map(\.image)
        return Inspection(
            changes: changes, images: try comparisons(shown, steering), counted: edited.images.count,
            inAll: images.count)
    }

    /// Some held-out images, by their rows, before and after, with their most probable classes.
    package func comparisons(_ shown: [Int], _ steering: Steering, top: Int = 5) throws -> [ImageComparison] {
        guard !shown.isEmpty else { return [] }
        let (images, set, names) = (try heldOut, try target.heldOut, countedClasses.names)
        let (logits, unedited) = (try editedLogits(shown, steering), try images.logits)
        return try shown.enumerated().map { row, image in
            ImageComparison(
                position: image, name: try set.source.name(of: image), label: names[images.labels[image]],
                thumbnail: set.thumbnail(image),
                before: ClassProbability.top(top, of: unedited.row(image), names: names),
                after: ClassProbability.top(top, of: logits.row(row), names: names))
        }
    }
}
