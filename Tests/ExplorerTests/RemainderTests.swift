import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("What follows the layer")
struct RemainderTests {
    private func isCount(_ effect: Effect) -> Bool {
        switch effect {
        case .curve, .sweep, .count, .inspect: true
        default: false
        }
    }

    @Test("decides what is asked for", arguments: RemainderKind.allCases)
    func requests(remainder: RemainderKind) {
        var player = Player.atWork(remainder: remainder)
        let kinds = player.press(.character("3")).compactMap { effect -> String? in
            switch effect {
            case .curve: "curve"
            case .sweep: "sweep"
            case .count: "count"
            default: nil
            }
        }
        let wanted: [RemainderKind: [String]] = [
            .linear: ["curve"], .normalized: ["count", "sweep"], .resumed: ["count"],
        ]
        #expect(kinds == wanted[remainder] ?? [])
    }

    @Test(
        "Where it is not linear, the profile says why it names no classes that the unit raises",
        arguments: [(80, 24), (120, 36), (200, 60)])
    func effects(columns: Int, rows: Int) {
        for (remainder, words) in [(RemainderKind.resumed, "W and g measure"), (.none, "classes")] {
            var player = Player.atWork(columns: columns, rows: rows, remainder: remainder)
            let asked = player.press(.down)
            guard
                case .profile(let unit, let job)? = asked.first(where: { if case .profile = $0 { true } else { false } }
                )
            else { return #expect(Bool(false), "no profile was asked for") }
            var profile = SampleStudy.profile(unit)
            (profile.raises, profile.lowers) = ([], [])
            player.send(.profiled(profile, job))
            let line = player.screen.split(separator: "\n").first { $0.contains("raises") }
            #expect(line?.contains(words) == true && line?.contains("…") == false, "\(line ?? "no line")")
        }
    }

    @Test("Effects have so many digits that none of them reads as nothing", arguments: [(120, 36), (200, 60)])
    func digits(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        let asked = player.press(.down)
        guard case .profile(let unit, let job)? = asked.first(where: { if case .profile = $0 { true } else { false } })
        else { return #expect(Bool(false), "no profile was asked for") }
        var profile = SampleStudy.profile(unit)
        profile.lowers = [ClassEffect(name: "bag", effect: -0.23), ClassEffect(name: "coat", effect: -0.004)]
        player.send(.profiled(profile, job))
        #expect(player.screen.contains("−0.230") && player.screen.contains("−0.004"))
    }

    @Test("Where it gives no classes, Steer says so, counts nothing and moves nothing")
    func none() {
        var player = Player.atWork(remainder: .none, screen: .steer)
        #expect(player.screen.contains("Nothing after norm gives classes"))
        #expect(!player.screen.contains("accuracy  ") && !player.screen.contains("scale β"))
        let list = player.state.steer.list
        for key in [Key.right, .character("a"), .character("c"), .character("0"), .character("m"), .down] {
            #expect(!player.press(key).contains(where: isCount), "\(key)")
            #expect(player.screen.hasSuffix("Nothing after norm gives classes"), "\(key)")
        }
        player.mouse(.press, 20, 4)
        player.mouse(.wheelUp, 20, 4)
        #expect(player.state.steer.list == list && player.state.overlay == nil)
        player.press(.character("r"))
        #expect(player.state.ranking == .contribution, "how units are ranked may still be chosen")
        player.send(.terminal(.resize(Size(columns: 200, rows: 60))))
        player.press(.character("1"))
        #expect(player.screen.contains("Nothing after norm gives classes") && player.screen.contains("Unit norm:"))
        #expect(!player.screen.contains("60.0 %"), "no accuracy that was never counted")
    }

    @Test("A doubt stands beside the accuracy on every screen", arguments: Screen.allCases, [60, 80, 200])
    func doubt(screen: Screen, columns: Int) {
        let player = Player.atWork(columns: columns, rows: columns / 3, screen: screen) {
            $0.doubt = "classes paired by order"
        }
        let line = player.screen.split(separator: "\n", omittingEmptySubsequences: false)[1]
        #expect(line == " accuracy 60.0 % in doubt: classes paired by order")
    }

    @Test("A click finds its row below the doubt")
    func clicks() {
        var player = Player.atWork { $0.doubt = "classes paired by order" }
        player.mouse(.press, 5, 6)
        #expect(player.state.locate.cursor.selected == 2)
    }
}
