/// The version of miclip; CHANGELOG.md says what is in it.
let version = "0.1.0"
