import Analysis

/// Long work: what runs, what waits behind it, and what is over.
package struct WorkState: Sendable {
    package struct Item: Sendable, Equatable, Identifiable {
        package enum Phase: Sendable, Equatable { case waiting, running, stopped, failed, done }

        package let id: Int
        package let work: LongWork
        /// The layer it was begun on; nil of a new study.
        package let layer: LayerReference?
        package var phase = Phase.waiting
        package var progress: WorkProgress?
        /// What happened, the oldest first.
        package var log: [String] = []
        /// Grows each time it is gone on with, so that it is asked for anew.
        var attempt = 0
        /// The study that it made.
        var opens: String?
    }

    package internal(set) var items: [Item] = []
    private var number = 0

    /// Lines of a log that are kept.
    private static let longest = 200

    /// The one that runs, else the first that waits.
    var next: Item? { items.first { $0.phase == .running } ?? items.first { $0.phase == .waiting } }
    var running: Item? { items.first { $0.phase == .running } }

    mutating func begin(_ work: LongWork, _ layer: LayerReference?) {
        number += 1
        items.append(Item(id: number, work: work, layer: layer))
        log(layer.map { "asked for on \($0.layer) of \($0.model)" } ?? "asked for", number)
    }

    /// Whether something runs, or waits to run, on a layer of the study on show.
    var isOnStudy: Bool { items.contains { $0.layer != nil && ($0.phase == .running || $0.phase == .waiting) } }

    /// Lets go of what was done to a study that is not on show any more.
    mutating func leaveStudy() { items.removeAll { $0.layer != nil } }

    mutating func change(_ id: Int, _ body: (inout Item) -> Void) {
        guard let place = items.firstIndex(where: { $0.id == id }) else { return }
        body(&items[place])
    }

    mutating func log(_ text: String, _ id: Int) {
        change(id) { item in
            if item.log.last != text { item.log.append(text) }
            if item.log.count > Self.longest { item.log.removeFirst() }
        }
    }
}

/// What the panel of long work shows, and what its field says while something is typed.
package struct WorkPanel: Sendable, Equatable {
    /// Works first, then what can be begun.
    package var cursor = ListCursor()
    package var field: TextField?
}

/// What can be begun, with what it does.
struct WorkOffer: Sendable, Equatable {
    var text: String
    var note: String

    static let all = [
        WorkOffer(text: "extract --layer ", note: "one more layer of this model"),
        WorkOffer(text: "align --method closed-form", note: "solve the neuron encoder"),
        WorkOffer(text: "align --method infonce --seed 0", note: "train it by the paper's loss"),
        WorkOffer(text: "sae train --features 8x --k 16", note: "find the layer's features"),
        WorkOffer(text: "sae import ", note: "take an autoencoder trained elsewhere"),
        evaluation, newStudy,
    ]

    /// Those that have a screen of their own.
    static let evaluation = WorkOffer(text: "evaluate", note: "every table, with its controls (E)")
    static let newStudy = WorkOffer(
        text: "extract --study ", note: "a new study, by a form (O)")
}
