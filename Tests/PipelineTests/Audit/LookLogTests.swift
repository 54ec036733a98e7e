// swift-format-ignore-file: NeverForceUnwrap

import Domain
import FoundationEssentials
import Pipeline
import Testing

/// Who was shown names: a file beside the stores.
struct LookLogTests {
    private let folder: String
    private let log: LookLog
    private let start = Instant(rfc3339: "2026-11-30T23:59:58Z")!

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("looks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        log = LookLog(data: folder)
    }

    private func keep(_ count: Int) throws {
        for number in 0..<count {
            let person = PersonID(rawValue: Int64(number))
            let look = Look(.userTrace, person: person, actor: "lea", at: start + .seconds(Int64(number)))
            try log.keep(look)
        }
    }

    @Test func `looks are listed from the newest, a page at a time, over months`() throws {
        defer { remove() }
        #expect(try log.looks(limit: 5).isEmpty)
        try keep(5)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: log.folder).sorted() == [
                "2026-11.ndjson", "2026-12.ndjson",
            ]
        )
        var seen: [Int64?] = []
        var cursor: LookLog.Cursor?
        while true {
            let page = try log.looks(before: cursor, limit: 2)
            guard let last = page.last else { break }
            seen += page.map { $0.look.person?.rawValue }
            cursor = LookLog.Cursor(last.cursor.description)
        }
        #expect(seen == [4, 3, 2, 1, 0])
        #expect(try log.looks(limit: 5) { $0.person == PersonID(rawValue: 1) }.map(\.look.actor) == ["lea"])
    }

    @Test func `whole months go when they are old enough`() throws {
        defer { remove() }
        try keep(5)
        try log.prune(before: Instant(rfc3339: "2026-11-30T23:59:59Z")!)
        #expect(try log.looks(limit: 9).count == 5)
        try log.prune(before: Instant(rfc3339: "2026-12-01T00:00:00Z")!)
        #expect(try log.looks(limit: 9).map { $0.look.person?.rawValue } == [4, 3, 2])
    }

    @Test func `a line that is no look is passed over, and the file is nobody else's`() throws {
        defer { remove() }
        try keep(1)
        let path = log.folder + "/2026-11.ndjson"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        try Data("{\"at\":1}\nnothing\n\(text)".utf8).write(to: URL(filePath: path))
        try log.keep(Look(.eventReach, event: EventID("E-7F3K2"), actor: "publisher one", at: start))
        let found = try log.looks(limit: 9).map(\.look)
        #expect(found.map(\.kind) == [.eventReach, .userTrace] && found[0].event == EventID("E-7F3K2"))
    }

    @Test func `a copy has every whole line, and only its owner reads it`() throws {
        defer { remove() }
        #expect(try log.copy(to: folder + "/nowhere") == 0)
        try keep(5)
        let path = log.folder + "/2026-12.ndjson"
        let whole = try Data(contentsOf: URL(filePath: path))
        // As a write that is under way, or was cut off, leaves it.
        try (whole + Data("{\"at\":".utf8)).write(to: URL(filePath: path))
        let copy = folder + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        let bytes = try log.copy(to: copy)
        #expect(try LookLog(data: copy).looks(limit: 9).map(\.look) == log.looks(limit: 9).map(\.look))
        #expect(try Data(contentsOf: URL(filePath: copy + "/looks/2026-12.ndjson")) == whole)
        #expect(bytes > Int64(whole.count))
        for (name, mode) in [("", 0o700), ("/2026-11.ndjson", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: copy + "/looks" + name)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
        #expect(throws: AppendedFile.FileError.self) { try log.copy(to: copy) }
    }

    @Test func `what cannot be kept is said`() {
        defer { remove() }
        #expect(throws: AppendedFile.FileError.self) {
            try LookLog(data: folder + "/nowhere").keep(Look(.userTrace, actor: "lea", at: start))
        }
    }

    private func remove() {
        do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(error)") }
    }
}
