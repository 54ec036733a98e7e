import Domain
import FoundationEssentials
import Testing

/// Who is in the directory and why, and what changed in it: to the byte, since scripts read it.
@Suite(.timeLimit(.minutes(1)))
struct DirectoryCommandTests {
    let fixture: OperatorFixture

    /// A school of one pupil with one guardian of two and the guardian's phone; then a second pupil, and a new name.
    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        try await deliver(
            """
            {"op":"upsert","kind":"school","id":"1","uai":"0420001A","name":"École"}
            {"op":"upsert","kind":"class","id":"c","school":"1","name":"CP"}
            {"op":"upsert","kind":"pupil","id":"p1","lastName":"Zwetschke","firstName":"Quirin"}
            {"op":"upsert","kind":"membership","pupil":"p1","school":"1"}
            {"op":"upsert","kind":"membership","pupil":"p1","class":"c"}
            {"op":"upsert","kind":"guardian","id":"g1","lastName":"Mirabelle","firstName":"Xaverine"}
            {"op":"upsert","kind":"link","pupil":"p1","guardian":"g1"}
            {"op":"upsert","kind":"link","pupil":"p1","guardian":"g2"}
            {"op":"upsert","kind":"user","id":"guardian-1","externalId":"g1","profile":"relative"}
            """
        )
        try await deliver(
            """
            {"op":"upsert","kind":"pupil","id":"p1","lastName":"Pflaume","firstName":"Quirin"}
            {"op":"upsert","kind":"pupil","id":"p2","lastName":"Zwetschke","firstName":"Ulla"}
            {"op":"upsert","kind":"membership","pupil":"p2","school":"1"}
            {"op":"upsert","kind":"link","pupil":"p2","guardian":"g1"}
            """
        )
    }

    private func deliver(_ lines: String) async throws {
        let path = fixture.folder + "/delivery.ndjson"
        try Data((lines + "\n").utf8).write(to: URL(filePath: path))
        let ran = await fixture.run("directory", "import", path, "--format", "ndjson", "-o", "json")
        try #require(try ran.code == 0 && ran.json["state"] == "applied", "\(ran.talk)")
    }

    private static let first = #""import":"I-1","importAt":"2026-09-21T14:13:20Z""#
    private static let second = #""import":"I-2","importAt":"2026-09-21T14:13:20Z""#

    @Test(
        arguments: [
            (
                "g1",
                """
                {"kind":"guardian","key":"g1","accounts":["guardian-1"],"feed":"main",\(first),"devices":1,"places":[],"guardians":[],\
                "pupils":[{"key":"p1","since":"2026-09-21",\(first)},{"key":"p2","since":"2026-09-21",\(second)}]}
                """
            ),
            (
                "p1",
                """
                {"kind":"pupil","key":"p1","accounts":[],"feed":"main",\(first),"devices":0,\
                "places":[{"kind":"school","key":"1","name":"École","school":"0420001A","from":null,"to":null,\(first)},\
                {"kind":"class","key":"c","name":"CP","school":"0420001A","from":null,"to":null,\(first)}],\
                "guardians":[{"key":"g1","since":"2026-09-21",\(first)},\
                {"key":"g2","since":"2026-09-21",\(first),"missing":true}],"pupils":[]}
                """
            ),
            (
                "0420001A",
                """
                {"kind":"school","key":"1","name":"École","school":"0420001A","feed":"main",\(first),\
                "classes":[{"kind":"class","key":"c","name":"CP","members":1,\(first)}],\
                "pupils":[{"key":"p1","from":null,"to":null,"guardians":1,\(first)},\
                {"key":"p2","from":null,"to":null,"guardians":1,\(second)}]}
                """
            ),
            (
                "c",
                """
                {"kind":"class","key":"c","name":"CP","school":"0420001A","feed":"main",\(first),\
                "pupils":[{"key":"p1","from":null,"to":null,"guardians":1,\(first)}]}
                """
            ),
        ]
    )
    func `directory show says who somebody is, by key`(name: String, item: String) async {
        let ran = await fixture.run("directory", "show", name, "-o", "json")
        #expect(ran.code == 0 && ran.output == #"{"items":["# + item + "]}\n")
    }

    /// A key of a feed may hold what no screen shows.
    @Test func `directory diff names keys in order, with what cannot be seen in them`() async throws {
        let keys = ["p9", "p10", "p\u{200B}3", "p4", "p8", "p5"]
        try await deliver(
            keys.map { #"{"op":"upsert","kind":"pupil","id":"\#($0)","lastName":"Kirsche","firstName":"Ada"}"# }
                .joined(separator: "\n")
        )
        let ran = await fixture.run("directory", "diff", "I-2", "I-3", "-o", "json")
        let added = try ran.json["pupils"]?["added"]?.array?.compactMap(\.string)
        #expect(added == ["p10", "p4", "p5", "p8", "p9", "p<U+200B>3"])
    }

    @Test func `directory diff sums up what changed`() async {
        let ran = await fixture.run("directory", "diff", "I-1", "I-2", "-o", "json")
        #expect(
            ran.output == """
                {"feed":"main","from":"I-1","to":"I-2","pupils":{"added":["p2"],"changed":["p1"],"removed":[]},\
                "links":{"added":["p2 g1"],"changed":[],"removed":[]},"incomplete":[]}

                """
        )
    }
}
