import CBuild

/// The version of miclip, with the commit where `make` built it to be installed; CHANGELOG.md says what is in it.
let version: String = {
    let commit = String(cString: build_commit())
    return commit.isEmpty ? "0.1.0" : "0.1.0 (\(commit))"
}()
