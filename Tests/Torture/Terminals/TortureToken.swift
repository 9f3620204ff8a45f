import TestSupport

/// Something a keyboard, a person or a terminal may send; `isTearable` if a line may deliver it in two pieces.
struct TortureToken {
    var text: String
    var isTearable = true

    static func random(_ random: inout SeededRandom) -> TortureToken {
        func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }
        func digits() -> String { String(Int.random(in: 0...pick([3, 9, 300, 100_000]), using: &random)) }
        switch Int.random(in: 0..<20, using: &random) {
        // Plain keys: all but those that delete, and those that quit.
        case 0..<6: return TortureToken(text: pick(plain), isTearable: false)
        case 6..<9: return TortureToken(text: pick(keys))
        case 9..<12:
            let numbers = (0..<Int.random(in: 0...4, using: &random)).map { _ in digits() }
            return TortureToken(
                text: "\u{1B}[" + pick(["", "?", "<", ">"]) + numbers.joined(separator: pick([";", ":"])) + pick(finals)
            )
        case 12: return TortureToken(text: "\u{1B}" + pick(["O", "", "\u{1B}["]) + pick(finals))
        case 13..<15: return TortureToken(text: pick(answers))
        case 15..<17:
            let mouse = "\u{1B}[<\(pick([0, 0, 0, 32, 64, 65, 2]));\(digits());\(digits())"
            return TortureToken(text: mouse + pick(["M", "m", "M", "q"]))
        case 17:
            let pasted = pick(["boot", "D\nq\nD", "漢字 né", "\u{1B}[31mD\u{1B}[m", "\u{3}\u{1B}D"])
            return TortureToken(
                text: "\u{1B}[200~\(pasted)" + pick(["\u{1B}[201~", "\u{1B}[201~", ""]), isTearable: false)
        case 18:
            return TortureToken(text: pick(["Dragon quiz\n", "DDDDDD", "q D q D", "wDqwD\r\rD"]), isTearable: false)
        default:
            let garbage = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Unicode.Scalar(UInt8.random(in: 0x80...0xFF, using: &random))
            }
            return TortureToken(text: String(String.UnicodeScalarView(garbage)))
        }
    }

    private static let plain =
        "abcefghijklmnoprstuvxyzABCEFGHIJKLMNOPRSTUVWXYZ012345[]{}<>,.=+-/? é漢".map { String($0) }
        + [
            "\r", "\t", "\u{1B}", "\u{7F}", "\u{1}", "\u{5}", "\u{B}", "\u{15}", "\u{17}", "\u{12}", "\u{C}", "\u{1A}",
            "\u{13}",
        ]
    private static let keys = [
        "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}OA", "\u{1B}OB", "\u{1B}OC", "\u{1B}OD", "\u{1B}[5~",
        "\u{1B}[6~",
        "\u{1B}[H", "\u{1B}[F", "\u{1B}[1~", "\u{1B}[4~", "\u{1B}[Z", "\u{1B}[1;2C", "\u{1B}[1;2D", "\u{1B}b",
        "\u{1B}f", "\u{1B}d",
        "\u{1B}[a", "\u{1B}Od", "\u{1B}[[A", "\u{1B}OP", "\u{1B}[1;3D", "\u{1B}[1;4D", "\u{1B}\u{1B}[D", "\u{1B}D",
        "\u{1B}[68;3u",
        "\u{1B}[97;5u", "\u{1B}[27;2;65~", "\u{1B}[57421u",
    ]
    /// Without those that could make a Delete, Ctrl-C, Ctrl-Q, q or D of random numbers.
    private static let finals = "ABCDEFHPQRSZacdhlmnrtxy$".map { String($0) }
    private static let answers = [
        "\u{1B}[?62;22;4c", "\u{1B}[24;80R", "\u{1B}[0n", "\u{1B}[I", "\u{1B}[O",
        "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\",
        "\u{1B}]11;rgb:0000/0000/0000\u{7}", "\u{1B}]10;D\u{7}", "\u{1B}P>|XTerm(379)\u{1B}\\",
        "\u{1B}P1+r544e=787465726D\u{1B}\\",
        "\u{1B}_Gi=31;OK D\u{1B}\\", "\u{1B}^D\u{1B}\\", "\u{1B}XDqD\u{1B}\\", "\u{1B}]52;c;RA==", "\u{1B}[M !!",
        "\u{1B}[?2026;1$y",
        "\u{1B}[8;24;80t", "\u{1B}P", "\u{1B}]", "\u{9B}1;3D",
    ]
}
