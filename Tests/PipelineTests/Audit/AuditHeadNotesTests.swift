import Domain
import FoundationEssentials
import Pipeline
import Store
import Synchronization
import Testing

/// The audit log's end, as it is noted elsewhere.
struct AuditHeadNotesTests {
    @Test(arguments: [204, 500, nil])
    func `a head goes to the file and to somebody else, whatever he answers`(status: Int?) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("notes-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(error)") } }
        let workshop = try await Workshop(folder)
        let order = InstantOperation(actor: "lea", verb: "x", filter: "", why: "", changed: 0)
        try await workshop.queue.keep(order, now: workshop.clock.now)
        let told = Mutex<[String]>([])
        let notes = AuditHeadNotes(
            reader: try Reading { try SQLiteStores(folder: folder).queueReader() },
            seal: .none,
            file: folder + "/heads.ndjson",
            post: { body in
                told.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
                return status
            },
            time: workshop.clock.source,
            logger: Workshop.logger
        )
        await notes.note()
        await notes.note()
        let (heads, unreadable) = try AuditHeadNotes.read(folder + "/heads.ndjson")
        #expect(heads.map(\.entry) == [1, 1] && unreadable == 0)
        #expect(told.withLock { $0.count } == 2)
        #expect(try JSONParser.parse(told.withLock { $0[0] })["entry"] == 1)
        #expect(try workshop.reader.verifyAudit(heads: heads).broken == nil)
        await workshop.close()
    }

    @Test func `lines that are no heads are counted`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("heads-\(UUID().uuidString)").path
        try Data("{}\nx\n\n".utf8).write(to: URL(filePath: path))
        defer { do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record("\(error)") } }
        #expect(try AuditHeadNotes.read(path).unreadable == 2)
        #expect(throws: AppendedFile.FileError.self) { try AuditHeadNotes.read(path + ".none") }
    }
}
