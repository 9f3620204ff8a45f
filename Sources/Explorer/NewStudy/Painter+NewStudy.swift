import Analysis

extension StudyDraft.Field {
    var title: String {
        switch self {
        case .study: "Study"
        case .probeImages: "Images"
        case .heldOutImages: "Held-out images"
        case .model: "Model"
        case .layer: "Layer"
        case .conceptSpace: "Concept space"
        case .concepts: "Concepts"
        case .classes: "Classes"
        }
    }

    /// What goes into it.
    var explanation: String {
        switch self {
        case .study: "The folder to keep everything in. One that holds a study already is opened, and gone on with."
        case .probeImages:
            "What units are described by: a folder of images, tars ('train-{000..146}.tar'), a list or an IDX file."
        case .heldOutImages:
            "What accuracy is counted on: folders of classes, tars with labels, a list with classes, an IDX file. Best others "
                + "than above; empty for the same."
        case .model:
            "The model to look into: its folder or file, or its name in a cache, as org/repo or torchvision/resnet50."
        case .layer:
            "The hook point whose units are studied, with a pooling behind a colon: norm, blocks.8, layer4:mean."
        case .conceptSpace: "A CLIP or SigLIP: its folder, or its name in a cache. Units are described in its words."
        case .concepts: "A list of concepts, one a line, that units are described by."
        case .classes: "Classes, one a line: needed where the model is a CLIP. Else empty."
        }
    }
}

extension OverlayLayout {
    static func newStudy(in size: Size) -> OverlayLayout {
        OverlayLayout(width: min(110, size.columns - 2), height: min(size.rows - 1, 26), in: size)
    }
}

extension Painter {
    /// The fields, what goes into the one at hand, and what its text could go on as.
    mutating func newStudyOverlay(_ form: NewStudyForm) {
        let layout = OverlayLayout.newStudy(in: frame.size)
        var rest = box(layout, "A new study")
        var cursor: Point?
        for field in StudyDraft.Field.allCases {
            var line = rest.takeTop(1)
            let isAtHand = field == form.selected
            if isAtHand, let advice = form.current, !advice.note.isEmpty {
                let width = min(displayWidth(of: advice.note), line.width / 3)
                frame.putRight(
                    advice.note, in: line.takeRight(width), style: palette[advice.isFault ? .warning : .dim])
                _ = line.takeRight(1)
            }
            self.field(
                form.fields[field] ?? TextField(), label: field.title.padded(to: 15), placeholder: placeholder(field),
                in: line, focused: isAtHand)
            if isAtHand { cursor = frame.cursor }
        }
        frame.cursor = cursor
        _ = rest.takeTop(1)
        let fault = form.fault.map { wrapped($0, to: rest.width) } ?? []
        for text in fault.prefix(3) {
            let line = rest.takeTop(1)
            frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[.negative])
        }
        for text in wrapped(form.selected.explanation, to: rest.width) {
            let line = rest.takeTop(1)
            frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[.dim])
        }
        completions(form, in: rest)
    }

    private func placeholder(_ field: StudyDraft.Field) -> String {
        switch field {
        case .heldOutImages: "the same images"
        case .classes: "the model's own"
        default: ""
        }
    }

    /// In columns, as many as there is room for.
    private mutating func completions(_ form: NewStudyForm, in area: Area) {
        let texts = form.cycle?.texts ?? form.current?.completions ?? []
        guard area.height > 1, !texts.isEmpty, texts != [form.field.text] else { return }
        let inside = pane("Tab completes", note: counted(texts.count, "way"), in: area, focused: false)
        let names = texts.map(\.lastStep)
        let width = min(inside.width, (names.map { displayWidth(of: $0) }.max() ?? 0) + 2)
        let columns = max(1, inside.width / max(1, width))
        for (place, name) in names.prefix(columns * inside.height).enumerated() {
            let cell = Area(
                column: inside.column + place % columns * width, row: inside.row + place / columns, width: width,
                height: 1)
            let isChosen = form.cycle?.place == place
            frame.put(
                name.fitted(to: width - 1), at: cell.origin, width: width - 1,
                style: palette[name.hasSuffix("/") ? .accent : .text])
            if isChosen { select(cell, focused: true) }
        }
    }

    /// What stands where no study is open.
    mutating func missing(_ path: String) {
        let block = frame.area.centered(width: min(64, frame.size.columns - 4), height: 5)
        frame.put("miclip", at: block.point(), style: palette[.accent].with(.bold))
        frame.put("  What do the units of a vision model stand for?", at: block.point(6), style: palette[.dim])
        frame.put("No study at \(path) yet.".fitted(to: block.width), at: block.point(0, 2), style: palette[.text])
        let line = "Enter makes one: images, a model, a concept space."
        frame.put(line, at: block.point(0, 3), width: block.width, style: palette[.dim])
    }
}

extension String {
    /// `photos/` of `/data/photos/`.
    fileprivate var lastStep: String {
        let body = dropLast(hasSuffix("/") ? 1 : 0)
        guard let cut = body.lastIndex(of: "/") else { return self }
        return String(self[index(after: cut)...])
    }
}
