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

    init(in size: Size) {
        var rest = Self.overlay(in: size).inside
        summary = rest.takeTop(1)
        _ = rest.takeTop(1)
        figures = rest.takeLeft(min(44, rest.width * 9 / 20))
        var left = figures
        _ = left.takeTop(1)
        groups = left.takeTop(max(5, left.height * 3 / 5))
        _ = left.takeTop(1)
        damage = left
        _ = rest.takeLeft(2)
        var images = rest.takeLeft(max(16, rest.width / 2 - 3))
        title = images.takeTop(1)
        list = images
        _ = rest.takeLeft(2)
        comparison = rest
    }

    static func overlay(in size: Size) -> OverlayLayout {
        OverlayLayout(width: size.columns, height: size.rows, margin: 0, in: size)
    }
}
