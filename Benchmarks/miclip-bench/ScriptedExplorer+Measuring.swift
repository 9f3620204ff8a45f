import Analysis
import Explorer
import Foundation
import ScriptedExplorer
import Workbench

/// Each measurement presses a key and waits until a frame that shows its answer has been drawn.
extension ScriptedExplorer {
    /// Milliseconds from the start to the first frame with a ranked list, and the explorer.
    static func opened(_ study: URL) -> (explorer: ScriptedExplorer, milliseconds: Double) {
        let clock = ContinuousClock()
        let began = clock.now
        let explorer = ScriptedExplorer { try Study(opening: study).layer() }
        explorer.wait { $0.locate.found != nil }
        return (explorer, (clock.now - began) / .milliseconds(1))
    }

    /// The first letter, at once behind the first frame, while what is behind it is still being read; milliseconds to its
    /// list.
    func measureFirstLetter() -> Double {
        press(.character("/"))
        press(.control("u"))
        return time(.character("b")) { $0.locate.found?.concept == "b" }
    }

    /// Types words letter by letter, then deletes them; milliseconds from each key to its list.
    ///
    /// - Parameter pause: seconds between a list and the next letter, in which background work goes on.
    func measureConceptKeys(pause: Double = 0) -> [Double] {
        press(.character("/"))
        press(.control("u"))
        var times: [Double] = []
        for word in [
            "boot", "sleeve", "striped dress", "something to carry", "dark", "footwear", "zipper", "light coat",
            "heel", "knitted", "lace", "handle of a bag", "collar", "buttons", "summer", "trousers", "pocket",
            "leather",
            "round neck", "sporty", "laces", "pattern", "warm", "straps", "tight", "denim jacket", "sole of a shoe",
        ] {
            var typed = ""
            for letter in word {
                typed.append(letter)
                if pause > 0 { Thread.sleep(forTimeInterval: pause) }
                // A trailing space asks for nothing new.
                let wanted = typed.trimmingCharacters(in: .whitespaces)
                times.append(
                    time(.character(letter)) { $0.locate.found?.concept == wanted && $0.concept.text == typed })
            }
            press(.control("u"))
        }
        return times
    }

    /// From neurons to features, with their list.
    func showFeatures() {
        press(.escape)
        press(.character("F"))
        wait { $0.locate.found?.units.first?.unit.kind == .feature && $0.units.kind == .feature }
    }

    func waitForQuality() { wait { $0.units.isMeasured(.feature) } }

    /// Moves the scaling slider to and fro; milliseconds from each key to its figures.
    func measureBetaKeys() -> [Double] {
        for letter in "boot" { press(.character(letter)) }
        press(.enter)
        press(.character("3"))
        wait { $0.screen == .steer && $0.steer.curve != nil }
        var times: [Double] = []
        for round in 0..<10 {
            for _ in 0..<20 {
                let before = state?.steer.scalingBeta ?? 0
                times.append(time(round.isMultiple(of: 2) ? .left : .right) { $0.steer.scalingBeta != before })
            }
        }
        return times
    }

    /// Holds an arrow key for ten seconds, as a keyboard repeats it (30 a second), to and fro over the slider;
    /// milliseconds from each key to the frame that shows its β.
    func measureHeldKey() -> [Double] {
        let clock = ContinuousClock()
        let began = clock.now
        return (0..<300).map { step in
            let due = began + .milliseconds(33 * step)
            let wait = (due - clock.now) / .seconds(1)
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            let before = state?.steer.scalingBeta ?? 0
            return time((step / 30).isMultiple(of: 2) ? .right : .left) { $0.steer.scalingBeta != before }
        }
    }

    private func time(_ key: Key, until isShown: @escaping (State) -> Bool) -> Double {
        time(key, until: isShown).map { $0 / .milliseconds(1) } ?? .infinity
    }
}
