/// The parts of the pane that shows what happened.
struct ChangesLayout {
    let summary: Area
    /// What became of images and from what to what their answers went; and what each class lost or won.
    let figures: Area
    /// The list of groups in it, and what is below.
    let groups: Area
    let damage: Area
    /// The title over the list of flipped images, and the list.
    let title: Area
    let list: Area
    /// One image before and after.
    let comparison: Area

    /// Columns of two names with an arrow, of a name with a share, and of a class with what it was and is.
    private static let (names, answers, leastFigures) = (23, 20, 29)

    init(in size: Size) {
        var rest = Self.overlay(in: size).inside
        summary = rest.takeTop(1)
        _ = rest.takeTop(1)
        // Names of both classes of a change come before bars: they take what they need first.
        let narrow = min(rest.width * 9 / 20, Self.leastFigures)
        figures = rest.takeLeft(min(44, max(rest.width - Self.names - Self.answers - 4, narrow)))
        var left = figures
        _ = left.takeTop(1)
        groups = left.takeTop(max(5, left.height * 3 / 5))
        _ = left.takeTop(1)
        damage = left
        _ = rest.takeLeft(2)
        var images = rest.takeLeft(
            max(16, min(Self.names, rest.width - Self.answers - 2), rest.width / 2 - 3))
        title = images.takeTop(1)
        list = images
        _ = rest.takeLeft(2)
        comparison = rest
    }

    static func overlay(in size: Size) -> OverlayLayout {
        OverlayLayout(width: size.columns, height: size.rows, margin: 0, in: size)
    }
}
