import Domain
import FoundationEssentials
import Settings
import Testing

@Suite struct PublicationsFileTests {
    private static var example: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Config/publications.yaml").path
    }

    private func mistakes(_ publications: String) throws -> [String] {
        let fixture = try SettingsFixture()
        try fixture.write("publications.yaml", publications)
        return try fixture.mistakes(SettingsFixture.least + "publicationsFile: publications.yaml\n").map { mistake in
            "\(mistake.line ?? 0) \(mistake.key): \(mistake.allowed)"
        }
    }

    @Test func `the file in Config is the built-in table`() throws {
        let settings = try SettingsFixture().load(SettingsFixture.least + "publicationsFile: \(Self.example)\n")
            .settings

        #expect(settings.publications == PublicationsFile.standard)
        #expect(settings.publications.count > 100)
    }

    /// Kinds of entcore and the other applications with the ENT's own switch.
    @Test(arguments: [
        ("messagerie.send-message", true, false), ("messagerie.storage", false, false),
        ("blog.publish-post", true, false), ("blog.submit-post", false, false), ("blog.share", false, false),
        ("news.news-published", true, false), ("news.news-comment", false, false), ("schoolbook.publish", true, false),
        ("homeworks.entries.modified", true, false), ("workspace.share", true, false),
        ("workspace.comment-folder", false, false), ("workspace.delete-virus", false, true),
        ("timeline.send-flash-message-push", true, false), ("archive.archives_ok", false, true),
        ("userbook_mood.userbook_mood", false, true), ("userbook_discoverVisibleGroups.any", false, true),
        ("presences.event-creation", true, false), ("wiki.page-deleted", true, false),
        ("formulaire.closing_form_notification", true, false), ("exercizer.modifydue", false, false),
        ("rbs.booking-deleted", true, false), ("calendar.reminder", true, false),
        ("communities.resource_new", true, false), ("scrapbook.modified", true, false),
    ])
    func `the built-in table has the switches of the ENT`(_ name: String, _ push: Bool, _ isDisabled: Bool) {
        let kind = PublicationsFile.standard.kind(named: name)
        #expect(kind.push == push)
        #expect(kind.isDisabled == isDisabled)
    }

    @Test func `a file of one's own names what differs`() throws {
        let fixture = try SettingsFixture()
        try fixture.write(
            "own.yaml",
            """
            kinds:
              blog.publish-post: { timeToLiveHours: 12, dataClass: generic }
              MY.KIND: { push: false, urgency: urgent, channel: mine }
            """
        )
        let kinds = try fixture.load(SettingsFixture.least + "publicationsFile: own.yaml\n").settings.publications

        let post = kinds.kind(named: "BLOG.PUBLISH-POST")
        #expect(post.timeToLive == .seconds(12 * 3600) && post.dataClass == .generic && post.channel == "blog")
        let own = kinds.kind(named: "my.kind")
        #expect(!own.push && own.urgency == .urgent && own.channel == "mine")
        #expect(kinds.kind(named: "WORKSPACE.DELETE-VIRUS").isDisabled)
    }

    @Test(arguments: [
        ("kinds:\n  BLOG.POST: { pushes: true }\n", "2 kinds.BLOG.POST.pushes: unknown key; did you mean push?"),
        ("kinds:\n\n  BLOG.POST: { urgency: high }\n", "3 kinds.BLOG.POST.urgency: must be one of low, normal, urgent"),
        (
            "kinds:\n  BLOG.POST: { timeToLiveHours: 0 }\n",
            "2 kinds.BLOG.POST.timeToLiveHours: must be a whole number from 1 to 672 hours"
        ),
        (
            "kinds:\n  BLOG.POST: { dataClass: open }\n",
            "2 kinds.BLOG.POST.dataClass: must be one of clear, generic, encrypted"
        ),
        ("kinds:\n  BLOG.POST: { push: 1 }\n", "2 kinds.BLOG.POST.push: must be true or false"),
        (
            "kinds:\n  BLOG: { push: true }\n",
            "2 kinds.BLOG: must be an application and an action with a dot between: BLOG.PUBLISH-POST"
        ),
        (
            "kinds:\n  BLOG.POST: {}\n  blog.post: {}\n",
            "3 kinds.blog.post: is BLOG.POST once more: letter case does not count"
        ),
        ("kinds:\n  BLOG.POST: true\n", "2 kinds.BLOG.POST: must hold keys (name: value)"),
        ("kind:\n  BLOG.POST: {}\n", "1 kind: unknown key; did you mean kinds?"),
    ])
    func `each mistake is told with its line`(_ text: String, _ expected: String) throws {
        #expect(try mistakes(text) == [expected])
    }

    @Test func `a file that is no YAML, cut, or missing refuses, and one without a kind is none`() throws {
        #expect(try mistakes("kinds:\n  BLOG.POST: { push: true\n").count == 1)
        #expect(try mistakes("kinds: [1]\n").count == 1)
        #expect(try mistakes("\u{0}\u{1}").count == 1)
        #expect(try mistakes("") == [])
        let fixture = try SettingsFixture()
        let missing = try fixture.mistakes(SettingsFixture.least + "publicationsFile: none.yaml\n")
        #expect(missing.map(\.allowed) == ["does not exist"])
        #expect(missing.map(\.key) == ["publicationsFile"])
    }

    @Test func `a hundred thousand wrong lines are one report, bounded`() throws {
        let lines = (0..<3000).map { "  K\($0): { push: maybe }\n" }.joined()
        #expect(try mistakes("kinds:\n" + lines).count == 3000)
        #expect(try mistakes("kinds:\n" + String(repeating: "  x\n", count: 100_000)).count == 1)
    }
}
