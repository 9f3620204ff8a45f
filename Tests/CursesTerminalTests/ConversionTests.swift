import CursesTerminal
import Explorer
import Testing

@Suite("Colours and characters for poorer terminals")
struct ConversionTests {
    @Test(
        "256 colours: the cube's corners, its steps, and the greys",
        arguments: [
            (RGB(0, 0, 0), 16), (RGB(255, 255, 255), 231), (RGB(255, 0, 0), 196), (RGB(95, 135, 175), 67),
            (RGB(8, 8, 8), 232), (RGB(128, 128, 128), 244), (RGB(238, 238, 238), 255), (RGB(20, 22, 27), 234),
        ] as [(RGB, Int32)])
    func indexed(color: RGB, number: Int32) {
        #expect(ColorDepth.indexed256.number(of: color) == number)
    }

    @Test("Quantising to 256 colours never moves a channel by more than half the cube's widest step")
    func distance() {
        for red in stride(from: 0, through: 255, by: 15) {
            for green in stride(from: 0, through: 255, by: 15) {
                let number = Int(ColorDepth.indexed256.number(of: RGB(UInt8(red), UInt8(green), 100)))
                let levels = [0, 95, 135, 175, 215, 255]
                let (shownRed, shownGreen) =
                    number >= 232
                    ? (8 + 10 * (number - 232), 8 + 10 * (number - 232))
                    : (levels[(number - 16) / 36], levels[(number - 16) / 6 % 6])
                #expect(abs(shownRed - red) <= 48 && abs(shownGreen - green) <= 48)
            }
        }
    }

    @Test("Direct colour is exact, but for the eight numbers of the palette")
    func direct() {
        #expect(ColorDepth.direct.number(of: RGB(1, 2, 3)) == 0x010203)
        #expect(ColorDepth.direct.number(of: RGB(0, 0, 5)) == 0)
        #expect(ColorDepth.direct.number(of: nil) == -1)
        #expect(ColorDepth.none.number(of: RGB(1, 2, 3)) == -1)
        #expect(ColorDepth.ansi8.number(of: RGB(250, 20, 20)) == 1)
        #expect(ColorDepth.ansi16.number(of: RGB(250, 20, 20)) == 9)
    }

    @Test("Everything drawn has an ASCII form", arguments: Array("─│╭█▌▏⣿▀░…−·▸●★“β∆éÅ漢"))
    func ascii(character: Character) {
        #expect(transliterated(character).isASCII)
    }

    @Test("Letters keep their base")
    func letters() {
        #expect(String("né Åß".map(transliterated)) == "ne A?")
        #expect(String("0.5 − 1".map(transliterated)) == "0.5 - 1")
    }
}
