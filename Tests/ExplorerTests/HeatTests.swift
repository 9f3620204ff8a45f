import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Where in its images a unit is active, on the screen.
@Suite("Heat maps")
struct HeatTests {
    private func heat(_ effects: [Effect]) -> (unit: InternalUnit, images: [Int], job: Job)? {
        for case .heat(let unit, let images, let job) in effects { return (unit, images, job) }
        return nil
    }

    private func pictures(_ player: Player) -> [Frame.Picture] { view(player.state, size: player.state.size).pictures }

    @Test("p asks for the images on the screen alone, once, and each is laid over its picture as it comes")
    func progressively() throws {
        var player = Player.atWork()
        let asked = try #require(heat(player.press(.character("p"))))
        #expect(asked.unit == player.state.profile.shown?.unit)
        #expect(asked.images == Array(Set(asked.images)).sorted() && asked.images.count <= pictures(player).count)
        #expect(player.screen.contains("heat 0 of \(asked.images.count)…"))
        #expect(player.screen.contains("the unit itself is read at the class token"), "which no picture shows")
        #expect(heat(player.press(.escape)) == nil, "asked once")
        player.send(.heated([SampleStudy.heatMap(of: asked.unit, 0)], isWhole: false, asked.job))
        #expect(player.screen.contains("heat 1 of \(asked.images.count)…"))
        #expect(pictures(player).contains { $0.tint != nil } && pictures(player).contains { $0.tint == nil })
        player.send(
            .heated(asked.images.dropFirst().map { SampleStudy.heatMap(of: asked.unit, $0) }, isWhole: true, asked.job))
        let last = try #require(asked.images.last)
        #expect(player.screen.contains("\(last + 3).00"), "one scale for all")
        #expect(pictures(player).allSatisfy { $0.tint?.range == 0...Float(last + 3) })
        player.press(.character("p"))
        #expect(pictures(player).allSatisfy { $0.tint == nil })
    }

    @Test("Another unit's images are asked for when its profile is there, and what comes of the one before is dropped")
    func anotherUnit() throws {
        var player = Player.atWork(columns: 120, rows: 36)
        let first = try #require(heat(player.press(.character("p"))))
        player.press(.down)
        #expect(heat(player.effects) == nil)
        player.answer()
        let unit = try #require(player.state.profile.shown?.unit)
        #expect(unit != first.unit)
        #expect(pictures(player).allSatisfy { $0.tint?.map.unit == unit })
        player.send(.heated([SampleStudy.heatMap(of: first.unit, 0)], isWhole: true, first.job))
        #expect(pictures(player).allSatisfy { $0.tint?.map.unit == unit })
    }

    @Test("On the contact sheet those of its lines; enlarged, in words too")
    func sheet() throws {
        for size in [(80, 24), (120, 36), (200, 60)] {
            var player = Player.atWork(columns: size.0, rows: size.1)
            player.press(.character("v"))
            player.answer()
            player.press(.character("p"))
            player.answer()
            #expect(pictures(player).count >= 3)
            #expect(pictures(player).allSatisfy { $0.tint != nil }, "\(size)")
            player.press(.right, .enter)
            player.answer()
            #expect(player.screen.contains("hottest 4.000 at row 2, column 2 of 2 x 2"), "\(size)")
            if size.0 >= 120 { #expect(player.screen.contains("the unit is read at the class token: 1.500")) }
        }
    }

    @Test("Where there is none the reason is said and the pictures stay")
    func none() throws {
        var player = Player.atWork(columns: 120, rows: 36)
        let asked = try #require(heat(player.press(.character("p"))))
        player.send(.failed("norm has one vector an image", asked.job))
        #expect(player.screen.contains("! norm has one vector an image"))
        #expect(!player.screen.contains("heat 0 of"))
        #expect(heat(player.press(.character("p"))) != nil, "and can be asked for again")
    }

    @Test("Where no picture is on the screen p says so")
    func noPicture() {
        var player = Player.atWork(columns: 120, rows: 36, screen: .steer)
        #expect(heat(player.press(.character("p"))) == nil)
        #expect(player.screen.contains("No picture of a unit on this screen"))
        player.press(.character("1"))
        player.answer()
        #expect(heat(player.press(.character("p"))) != nil, "it was not switched on out of sight")
    }

    @Test("With few colours and none, digits or marks say how hot a place is", arguments: ColorDepth.allCases)
    func depths(depth: ColorDepth) {
        for size in [(80, 24), (120, 36), (200, 60)] {
            var player = Player.atWork(columns: size.0, rows: size.1, depth: depth)
            let plain = view(player.state, size: player.state.size)
            player.press(.character("p"))
            player.answer()
            player.press(.escape)
            let frame = view(player.state, size: player.state.size)
            let area = frame.pictures[0].area
            #expect(area == plain.pictures[0].area)
            let cells = (0..<area.height).flatMap { row in
                (0..<area.width).map { frame[area.point($0, row)] }
            }
            let characters = Set(cells.compactMap(\.character))
            if depth >= .indexed256 {
                // Colour, and a mark where it is hottest.
                #expect(characters.contains("◆") || area.width < 6)
                let greys = cells.filter { cell in
                    guard case .exact(let color)? = cell.style.foreground else { return false }
                    return color.red == color.green && color.green == color.blue
                }
                #expect(greys.count <= 1, "every cell is coloured; the mark's ink may be black or white")
            } else {
                #expect(!characters.isDisjoint(with: Array("0123456789#")))
                #expect(frame.text.contains("0…9 #"))
            }
        }
    }

    @Test("A negative pole is hot where the activation is least")
    func negativePole() {
        let map = HeatMap(
            unit: InternalUnit(layer: "norm", index: 1, pole: .negative), image: 0, rows: 1, columns: 3,
            values: [1, -2, 0], pooled: 0)
        #expect(map.hottest == (0, 1))
        #expect((0..<3).map { map.heat(row: 0, column: $0, over: map.range) } == [0, 1, 1 - Float(2) / 3])
        #expect(map.heat(row: 0, column: 0, over: 1...1) == 0, "all the same is cold")
    }

    @Test("For pixels the hottest place has a frame, and what the model does not see is darkened")
    func pixels() {
        let white = Thumbnail(width: 8, height: 8, pixels: Array(repeating: 255, count: 192))
        var map = HeatMap(
            unit: InternalUnit(layer: "norm", index: 1, pole: .positive), image: 0, rows: 2, columns: 2,
            values: [0, 1, 0, 0], pooled: 0)
        map.window = PictureWindow(left: 0.25, top: 0, width: 0.5, height: 1)
        let picture = Frame.Picture(
            area: Area(column: 0, row: 0, width: 8, height: 4), thumbnail: white, tint: HeatTint(map, over: map.range)
        ).pixels
        #expect((picture.width, picture.height) == (32, 32))
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(picture.pixels[(y * 32 + x) * 3..<(y * 32 + x) * 3 + 3]) }
        #expect(pixel(0, 16) == [127, 127, 127])
        #expect(pixel(16, 0) == [255, 255, 255] && pixel(23, 15) == [255, 255, 255])
        #expect(pixel(19, 7)[0] > pixel(19, 7)[2], "hot is yellow")
        #expect(pixel(12, 7)[2] > pixel(12, 7)[0], "cold is blue")
    }
}
