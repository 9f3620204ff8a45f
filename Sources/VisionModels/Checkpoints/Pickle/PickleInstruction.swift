/// Instructions of pickles that are not followed, by the names that Python's `pickletools` has for them.
package enum PickleInstruction {
    /// Nil where the instruction is followed, or where there is none of that code.
    package static func name(ofRefused code: UInt8) -> String? { refused[code] }

    private static let refused: [UInt8: String] = [
        UInt8(ascii: "i"): "INST", UInt8(ascii: "o"): "OBJ", UInt8(ascii: "P"): "PERSID", 0x82: "EXT1", 0x83: "EXT2",
        0x84: "EXT4", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    ]
}
