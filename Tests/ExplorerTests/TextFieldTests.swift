import Explorer
import Testing

@Suite("Text fields")
struct TextFieldTests {
    @Test("Editing keys do what they do in a shell")
    func editing() {
        var field = TextField("ankle boot")
        field.apply(.deleteWord)
        #expect(field.text == "ankle ")
        field.apply(.start)
        field.insert("an ")
        #expect(field.text == "an ankle ")
        field.apply(.deleteToEnd)
        #expect(field.text == "an ")
        field.apply(.left)
        field.apply(.deleteForward)
        #expect(field.text == "an")
        field.apply(.deleteToStart)
        #expect(field.text.isEmpty)
        for edit in TextField.Edit.allCases { field.apply(edit) }
        #expect(field.text.isEmpty)
    }

    @Test("Alt-B, Alt-F and Alt-D go by letters and digits, Ctrl-W by blanks")
    func words() {
        var field = TextField("a t-shirt 4u")
        field.apply(.wordLeft)
        field.apply(.wordLeft)
        field.insert("|")
        #expect(field.text == "a t-|shirt 4u")
        field.apply(.deleteWordForward)
        #expect(field.text == "a t-| 4u")
        field.apply(.wordRight)
        field.insert("!")
        #expect(field.text == "a t-| 4u!")
        field.apply(.start)
        field.apply(.wordLeft)
        field.apply(.wordRight)
        field.insert(",")
        #expect(field.text == "a, t-| 4u!")
        field.apply(.deleteWordForward)
        field.apply(.deleteWord)
        #expect(field.text == "-| 4u!", "blanks part the words here")
    }

    @Test("A character is what a reader takes for one")
    func graphemes() {
        var field = TextField("né👩‍👩‍👧e\u{301}")
        field.apply(.deleteBackward)
        field.apply(.deleteBackward)
        #expect(field.text == "né")
    }

    @Test("A marked text is replaced by what is typed, and kept when the cursor moves")
    func selection() {
        var field = TextField("boot")
        field.selectAll()
        field.apply(.right)
        field.insert("s")
        #expect(field.text == "boots")
        field.selectAll()
        field.insert("bag")
        #expect(field.text == "bag")
        field.selectAll()
        field.apply(.deleteBackward)
        #expect(field.text.isEmpty)
    }

    @Test("Input without end is cut")
    func limit() {
        var field = TextField()
        field.insert(String(repeating: "x", count: 100_000))
        #expect(field.text.count == 200)
    }
}
