import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Steering")
struct SteeringTests {
    @Test("The steering screen asks for one curve, and moving β asks for nothing")
    func slidingIsALookUp() {
        var player = Player.atWork()
        let effects = player.press(.character("3"))
        let target = SampleStudy.found("boot").target
        #expect(
            effects.contains {
                guard case .curve(let steering, target, -2...4, _, _) = $0 else { return false }
                let still = Intervention(units: Array(SampleStudy.units.prefix(10)), operator: .scaling, beta: 1)
                return steering == Steering(still)
            })
        player.answer()
        #expect(player.press(.right, .right, .shiftLeft).isEmpty)
        #expect(player.state.steer.beta == 1.09)
    }

    @Test("Keys move the slider: steps, fine steps, ends, removal, identity")
    func keys() {
        var player = Player.atWork(screen: .steer)
        let expected: [(Key, Double)] = [
            (.right, 1.05), (.character("l"), 1.1), (.left, 1.05), (.shiftRight, 1.06), (.character("("), 1.05),
            (.end, 4), (.right, 4), (.home, -2), (.left, -2), (.character("="), 1), (.character("0"), 0),
            (.character("e"), 2), (.character("i"), -1),
        ]
        for (key, beta) in expected {
            player.press(key)
            #expect(player.state.steer.scalingBeta == beta, "after \(key)")
        }
    }

    @Test("Each operator keeps its β, and a change of operator asks for its curve")
    func operators() {
        var player = Player.atWork(screen: .steer)
        player.press(.right)
        #expect(
            player.press(.character("o")).contains {
                if case .curve(let steering, _, _, _, _) = $0 { steering.active.operator == .adding } else { false }
            })
        player.press(.left)
        #expect(player.state.steer.addingBeta == -0.1)
        player.press(.up)
        #expect(player.state.steer.operator == .scaling)
        #expect(player.state.steer.beta == 1.05)
    }

    @Test("The set grows and shrinks between 1 and 24, all units there are")
    func setSize() {
        var player = Player.atWork(screen: .steer)
        player.press(.character("]"))
        #expect(player.state.steer.setSize == 11)
        for _ in 0..<9 { player.press(.character("}")) }
        #expect(player.state.steer.setSize == 24)
        for _ in 0..<9 { player.press(.character("{")) }
        #expect(player.state.steer.setSize == 1)
    }

    @Test("The read-out is the curve's accuracy at β")
    func readOut() {
        var player = Player.atWork(screen: .steer)
        for _ in 0..<20 { player.press(.right) }
        let rows = player.screen.split(separator: "\n").map(String.init)
        #expect(rows[4].hasSuffix("boot            20.0 %  40.0 %   +20.0"), "boots at β = 2")
        #expect(rows[5].hasSuffix("other classes  100.0 % 100.0 %     0.0"))
        #expect(rows[6].hasSuffix("all             60.0 %  70.0 %   +10.0"))
    }

    @Test("While a newer set is computed the older figures stay, and say that they are older")
    func olderFigures() {
        var player = Player.atWork(screen: .steer)
        player.press(.character("]"))
        #expect(player.screen.contains("the newest sliders are being counted…"))
        player.answer()
        #expect(player.screen.contains("exact, 20 held-out images"))
    }

    @Test("A first look says of how many images it is, is not kept, and gives way to the exact figures")
    func firstLook() {
        var player = Player.atWork(screen: .steer)
        let effects = player.press(.character("]"))
        let jobs = effects.compactMap { if case .curve(_, _, _, _, let job) = $0 { job } else { nil } }
        guard let job = jobs.first else { return #expect(Bool(false), "a new set must be counted") }
        player.send(.curved(SampleStudy.firstCurve, job))
        #expect(player.screen.contains("20 of 2,010; others 72."), "with the interval of the others")
        #expect(!player.screen.contains("exact,") && !player.screen.contains("flipped"))
        player.press(.character("m"))
        #expect(player.screen.contains("Not known yet"))
        player.send(.curved(SampleStudy.curve, job))
        #expect(player.screen.contains("exact, 20 held-out images"))
        player.send(.curved(SampleStudy.firstCurve, job))
        #expect(player.screen.contains("exact, 20 held-out images"), "what comes late changes nothing")
    }

    @Test("A deeper layer counts at every β, shows how far it is, and drops the counts of an older β")
    func counting() {
        var player = Player.atWork(remainder: .resumed, screen: .steer)
        guard case .count(let first, _, _, let older) = player.press(.right).first,
            case .count(let second, _, _, let newer) = player.press(.right).first
        else { return #expect(Bool(false), "each step must count") }
        #expect(first.active.beta == 1.05 && second.active.beta == 1.1)
        var partial = SampleStudy.outcome
        partial.images = 5
        (partial.classImages, partial.classImagesInAll) = (4, 10)
        player.send(.counted(partial, older))
        #expect(player.state.steer.outcome?.steering.active.beta == 1, "the older job's count is dropped")
        player.send(.counted(partial, newer))
        #expect(player.screen.contains("5 of 20; boot 16.0–76.0 % (95 %)"))
        player.send(.counted(SampleStudy.outcome, newer))
        #expect(player.screen.contains(" 20 held-out images"))
        #expect(player.state.steer.walked?.points.map(\.beta) == [1, 1.1])
    }

    @Test("A class without held-out images shows that, and no accuracy of nothing")
    func noImages() {
        var player = Player.atWork(remainder: .resumed, screen: .steer)
        guard case .count(_, _, _, let job) = player.press(.right).first else { return #expect(Bool(false)) }
        var empty = SampleStudy.outcome
        (empty.before.ofClass, empty.after.ofClass) = (0, 0)
        (empty.classImages, empty.classImagesInAll) = (0, 0)
        player.send(.counted(empty, job))
        let row = player.screen.split(separator: "\n").first { $0.contains("boot") && $0.contains("no image") }
        #expect(row?.contains("0.0 %") == false, "\(player.screen)")
    }

    @Test("A count ends by itself within a point, and g lets it go on to all images")
    func precision() {
        var player = Player.atWork(remainder: .resumed, screen: .steer)
        guard case .count(let steering, _, 0.01?, let job) = player.press(.right).first else {
            return #expect(Bool(false), "a step must count")
        }
        var sharp = SampleStudy.outcome
        (sharp.images, sharp.imagesInAll) = (9000, 10_000)
        (sharp.classImages, sharp.classImagesInAll) = (4900, 5000)
        #expect(sharp.halfWidth < 0.01)
        player.send(.counted(sharp, job))
        #expect(player.press(.escape).isEmpty, "nothing runs any more")
        #expect(player.state.steer.walked?.points.last?.beta == 1.05)
        guard case .count(steering, _, nil, _) = player.press(.character("g")).first else {
            return #expect(Bool(false), "g must go on")
        }
    }

    @Test("Esc stops counting, and the next step counts again")
    func stopping() {
        var player = Player.atWork(remainder: .resumed, screen: .steer)
        guard case .count(_, _, _, let job) = player.press(.right).first else { return #expect(Bool(false)) }
        #expect(player.press(.escape) == [.cancel(job)])
        #expect(player.press(.escape).isEmpty)
        #expect(player.press(.right).count == 1)
    }

    @Test("The mouse grabs a slider and holds it until it is let go")
    func dragging() {
        var player = Player.atWork(screen: .steer)
        // Row 4 is the scaling slider; its track starts at column 12.
        player.mouse(.press, 12, 4)
        #expect(player.state.steer.scalingBeta == -2)
        player.mouse(.drag, 79, 9)
        #expect(player.state.steer.scalingBeta == 4, "a drag may leave the track")
        player.mouse(.release, 79, 9)
        player.mouse(.drag, 12, 4)
        #expect(player.state.steer.scalingBeta == 4)
        player.mouse(.wheelDown, 20, 4)
        #expect(player.state.steer.scalingBeta == 3.95)
        player.mouse(.press, 20, 5)
        #expect(player.state.steer.operator == .adding)
    }

    @Test("A click in the plot takes β there")
    func clickingThePlot() {
        var player = Player.atWork(screen: .steer)
        player.mouse(.press, 77, 15)
        #expect(player.state.steer.scalingBeta == 4)
        player.mouse(.release, 77, 15)
        player.mouse(.press, 6, 15)
        #expect(player.state.steer.scalingBeta == -2)
    }
}

@Suite("Sliders")
struct SliderTests {
    @Test("Values are decimals, not sums of rounding errors")
    func decimals() {
        var beta = 0.0
        for _ in 0..<7 { beta = Slider.scaling.moved(beta, by: 1) }
        #expect(beta == 0.35)
        #expect(Slider.adding(reach: 5).moved(0.2, by: 1) == 0.3)
    }

    @Test(
        "The reach of adding is rounded up to 1, 2 or 5", arguments: [(0.7, 1), (1.3, 2), (3.3, 5), (5, 5), (40, 50)])
    func reach(wanted: Double, rounded: Double) {
        let slider = Slider.adding(reach: wanted)
        #expect(abs(slider.range.upperBound - rounded) < 1e-9 * rounded)
        #expect(slider.range.lowerBound == -slider.range.upperBound)
    }

    @Test("Zero, endless and absurd reaches still make a slider", arguments: [0, -1, .infinity, .nan, 1e300])
    func oddReach(reach: Double) {
        let slider = Slider.adding(reach: reach)
        #expect(slider.range.upperBound.isFinite && slider.range.upperBound > 0)
    }

    @Test("The knob and the value under it agree over the whole track")
    func roundTrip() {
        for column in 0..<81 {
            let value = Slider.scaling.value(at: column, width: 81)
            #expect(Slider.scaling.column(of: value, width: 81) == column)
        }
    }
}
