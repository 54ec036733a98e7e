import Testing

@testable import Delivery

/// The first names of the children that a notification is about.
struct SiblingNamesTests {
    @Test func `names of two directions of writing are kept apart, and a large family ends in an ellipsis`() {
        #expect(SiblingNames.list(["Lina", "Noé"]) == "Lina, Noé")
        #expect(
            Array(SiblingNames.list(["Lina", "مريم"]).unicodeScalars)
                == Array("\u{2068}Lina\u{2069}, \u{2068}مريم\u{2069}".unicodeScalars)
        )
        #expect(SiblingNames.list(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e, f…")
    }

    @Test func `names of one direction stand as they are`() {
        #expect(SiblingNames.list(["مريم", "سارة"]) == "مريم, سارة")
        #expect(SiblingNames.list([]) == "" && SiblingNames.list(["Noé"]) == "Noé")
    }

    @Test func `what is no name takes neither lines nor all the room`() {
        #expect(SiblingNames.list(["Li\nna", "Noé"]) == "Li na, Noé")
        let long = SiblingNames.list([String(repeating: "a", count: 200), "Noé"])
        #expect(long.count <= 36 && long.hasSuffix("Noé"))
    }
}
