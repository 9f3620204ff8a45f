/// The parts of the pane that shows what happened.
struct ChangesLayout {
    let summary: Area
    /// From what to what the answers went, and what each class lost or won.
    let figures: Area
    /// The title over the list of flipped images, and the list.
    let title: Area
    let list: Area
    /// One image before and after.
    let comparison: Area

    init(in size: Size) {
        var rest = Self.overlay(in: size).inside
        summary = rest.takeTop(1)
        _ = rest.takeTop(1)
        figures = rest.takeLeft(min(44, rest.width * 9 / 20))
        _ = rest.takeLeft(2)
        var images = rest.takeLeft(max(18, rest.width / 2 - 2))
        title = images.takeTop(1)
        list = images
        _ = rest.takeLeft(2)
        comparison = rest
    }

    static func overlay(in size: Size) -> OverlayLayout {
        OverlayLayout(width: size.columns, height: size.rows, margin: 0, in: size)
    }
}
