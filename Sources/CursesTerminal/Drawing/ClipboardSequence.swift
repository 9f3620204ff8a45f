/// Text for the clipboard of the terminal: `ESC ] 52 ; c ; BASE64 BEL`, as xterm has it and most others after it.
///
/// tmux takes the sequence for its own buffers where `set-clipboard` is on, and hands it on to the terminal around it; where
/// that is not on, it hands on what is wrapped for it, if `allow-passthrough` is. Both are sent: to set the same text twice
/// does no harm.
package enum ClipboardSequence {
    package static func bytes(_ text: String, isInTmux: Bool) -> [UInt8] {
        let plain = Array("\u{1B}]52;c;".utf8) + Base64.text(Array(text.utf8)) + [0x07]
        guard isInTmux else { return plain }
        let escaped = plain.flatMap { $0 == 0x1B ? [0x1B, 0x1B] : [$0] }
        return plain + Array("\u{1B}Ptmux;".utf8) + escaped + Array("\u{1B}\\".utf8)
    }
}
