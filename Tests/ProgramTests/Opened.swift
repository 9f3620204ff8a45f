import TestSupport
import Testing

/// The program once its first list shows.
func opened(_ program: RunningProgram) -> RunningProgram {
    #expect(program.hasOpened(), "\(program.screen.text)")
    return program
}
