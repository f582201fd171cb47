// Settings as cqlsh keeps them.

import Documents
import Testing

@Test func sectionsAndKeysAreFound() {
    let text =
        "lost = 1\r\n# note\n; note\n[ Ui ]\nColor = on\nno key here\n\n[auth]\n user : a=b:c \nempty =\ncolor = off\n"
    let file = INI(text)
    #expect(file.value("color", in: "ui") == "on")
    #expect(file.value("USER", in: "auth") == "a=b:c")
    #expect(file.value("color", in: "auth") == "off")
    #expect(file.value("empty", in: "auth") == nil)
    #expect(file.value("lost", in: "auth") == nil)
    #expect(file.value("user", in: "nowhere") == nil)
}
