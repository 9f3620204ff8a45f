import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Covering places of the enlarged image.
@Suite("Covering a place")
struct CoverTests {
    private func enlarged(_ columns: Int = 120, _ rows: Int = 36, depth: ColorDepth = .direct) -> Player {
        var player = Player.atWork(columns: columns, rows: rows, depth: depth)
        player.press(.character("v"))
        player.answer()
        player.press(.enter)
        return player
    }

    private func asked(_ player: Player) -> (image: Int, cover: Cover?, before: ImageReading?, job: Job)? {
        for case .cover(_, let image, let cover, let before, let job) in player.effects {
            return (image, cover, before, job)
        }
        return nil
    }

    @Test(
        "An arrow covers, and what changes is shown before and after; Esc uncovers, then goes back",
        arguments: [
            (80, 24), (120, 36), (200, 60),
        ])
    func covering(size: (Int, Int)) throws {
        var player = enlarged(size.0, size.1)
        let plain = player.screen
        player.press(.right)
        let first = try #require(asked(player))
        #expect(first.cover == nil, "first the image as it is, and how many places it has")
        #expect(player.screen.contains("measuring…"))
        player.answer()
        #expect(player.screen.contains("covered with grey: row 2, column 2 of 2 x 2"))
        #expect(player.screen.contains("activation 2.000 → −1.000 (−3.000)"))
        #expect(player.screen.contains("✓boot → ✗bag"))
        #expect(player.screen.contains("logits: boot 3.00 → 0.00 · bag 1.00 → 1.00 · dress 0.00 → 0.00"))
        player.press(.left, .up)
        let next = try #require(asked(player))
        #expect(next.before == ImageReading(activation: 2, logits: [3, 1, 0]), "measured once")
        #expect(player.screen.contains("covered with grey: row 1, column 1 of 2 x 2\n") == false)
        #expect(player.screen.contains("row 1, column 1 of 2 x 2") && player.screen.contains("measuring…"))
        player.answer()
        #expect(player.screen.contains("activation 2.000 → 2.000 (0.000)"))
        #expect(player.screen.contains("still ✓boot"))
        player.press(.left)
        #expect(asked(player) == nil, "it stops at the edge")
        player.press(.character("c"))
        #expect(asked(player)?.cover?.filling == .blur)
        player.answer()
        #expect(player.screen.contains("covered with blur: row 1, column 1 of 2 x 2"))
        player.press(.escape)
        #expect(player.screen == plain)
        player.press(.escape)
        #expect(player.screen.contains("most, 3 of 40"))
    }

    @Test("Another image is as it was, and what was measured of the one before is dropped")
    func anotherImage() throws {
        var player = enlarged()
        player.press(.right)
        let first = try #require(asked(player))
        player.press(.character("."))
        #expect(!player.screen.contains("measuring…"))
        player.send(
            .covered(SampleStudy.covered(first.image, of: player.state.profile.shown!.unit, nil), first.job))
        #expect(asked(player) == nil)
        #expect(!player.screen.contains("covered with"))
    }

    @Test("With a heat map the hottest place is covered first")
    func hottest() {
        var player = enlarged()
        player.press(.character("p"))
        player.answer()
        player.press(.down)
        player.answer()
        #expect(player.screen.contains("covered with grey: row 2, column 2 of 2 x 2"))
        #expect(player.screen.contains("hottest 3.000 at row 2, column 2 of 2 x 2"))
    }

    @Test("A place that is covered is marked at every number of colours", arguments: ColorDepth.allCases)
    func marked(depth: ColorDepth) {
        var player = enlarged(depth: depth)
        player.press(.right)
        player.answer()
        let frame = view(player.state, size: player.state.size)
        let area = frame.pictures[0].area
        #expect(frame[area.point(area.width * 3 / 4, area.height * 3 / 4)].character == "×")
    }

    @Test("What cannot be covered says why, and the image stays")
    func refusal() throws {
        var player = enlarged()
        player.press(.right)
        let job = try #require(asked(player)).job
        player.send(.failed("no model is here", job))
        #expect(player.screen.contains("! no model is here") && !player.screen.contains("measuring…"))
    }
}

@Suite("What covers a place")
struct FillingTests {
    @Test("grey, the mean of all, and the mean of what is around; nothing else changes")
    func fillings() {
        let channel = (0..<16).map(Float.init)  // 4 x 4
        func covered(_ filling: Cover.Filling) -> [Float] {
            Cover(row: 1, column: 0, filling: filling).applied(
                to: channel, width: 4, height: 4, rows: 2, columns: 2, grey: -1)
        }
        let inside = [8, 9, 12, 13]
        for filling in Cover.Filling.allCases {
            let result = covered(filling)
            for place in channel.indices where !inside.contains(place) { #expect(result[place] == channel[place]) }
        }
        #expect(inside.map { covered(.grey)[$0] } == [-1, -1, -1, -1])
        #expect(inside.map { covered(.mean)[$0] } == [7.5, 7.5, 7.5, 7.5])
        // Rows 1 to 3 and columns 0 to 2 around pixel 12 = (0, 3): 4 5 6, 8 9 10, 12 13 14.
        #expect(covered(.blur)[12] == 9)
    }

    @Test("the class that is predicted only after is among those at hand")
    func classes() {
        var image = SampleStudy.covered(0, of: SampleStudy.units[0], nil)
        image.classes = ["a", "b", "c", "d"]
        image.before.logits = [3, 2, 1, 0]
        #expect(image.classesAtHand.map(\.name) == ["a", "b", "c"])
        image.after = ImageReading(activation: 0, logits: [0, 0, 0, 5])
        #expect(image.classesAtHand.map(\.name) == ["a", "b", "c", "d"])
        #expect(image.after?.predicted == 3 && image.before.predicted == 0)
        #expect(ImageReading(activation: 0, logits: [1, 1]).predicted == 0, "the first of equals")
    }
}
