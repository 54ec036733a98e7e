// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Dialects
import Domain
import FoundationEssentials
import TestSupport
import Testing

/// The sample's request bodies against the statuses their index allows, as far as parsing decides.
struct SampleEventTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var file: String
        var contentType: String
        var statuses: [Int64]
        var recipients: Int64?

        var testDescription: String { file }
    }

    static let rows: [Row] = try! JSONParser.parse(bytes("index.json")).array!.map { entry in
        Row(
            file: entry["file"]!.string!,
            contentType: entry["contentType"]!.string!,
            statuses: entry["status"]!.array!.map { $0.int64! },
            recipients: entry["recipients"]?.int64
        )
    }

    /// Refused by others: rights and the directory.
    static let decidedElsewhere: Set<String> = [
        "invalid-unknown-school.json", "invalid-foreign-source.json", "duplicate-conflict.json",
    ]

    @Test(arguments: rows)
    func `a file of the sample gets the status of its index`(row: Row) throws {
        var status: Int64 = 202
        var submission: EventSubmission?
        do throws(EventRefusal) {
            submission = try EventParser(limits: Limits()).parse(
                contentType: row.contentType,
                header: { _ in nil },
                body: try! bytes(row.file),
                receivedAt: now
            )
        } catch { status = Int64(error.status) }

        if row.statuses.contains(202) || row.statuses.contains(200) || Self.decidedElsewhere.contains(row.file) {
            #expect(status == 202)
        } else {
            #expect(row.statuses.contains(status), "\(status)")
        }
        if let recipients = row.recipients, case .one(let event) = submission {
            #expect(event.publication.audience.count == Int(recipients))
        }
    }

    @Test func `the wrong event of the batch does not spoil the others`() throws {
        let results = try batch("batch.json")

        #expect(results.map { (try? $0.get()) != nil } == [true, true, false, true, true])
        let refusal = #expect(throws: EventRefusal.self) { try results[2].get() }
        #expect(refusal?.errors == [FieldError("/data/audience", "missing", "This member is required.")])
    }

    @Test func `every mistake of an event is named`() throws {
        let refusal = #expect(throws: EventRefusal.self) { try event("invalid-wrong-types.json") }
        #expect(
            refusal?.errors.map(\.pointer.description)
                == ["/time", "/data/audience", "/data/title", "/data/resource", "/data/urgency"]
        )
        #expect(refusal?.errors.allSatisfy { $0.code == "wrongType" } == true)
    }

    @Test func `a timeline message becomes a publication`() throws {
        let event = try event("timeline-future-date.json", contentType: "application/json; charset=UTF-8")
        let publication = event.publication

        #expect(event.identity == .bytes)
        #expect(publication.kind == "NEWS.NEWS-PUBLISHED")
        #expect(publication.school == nil)
        #expect(publication.authorID == "d36847ac-bc9c-5c0f-be0b-3bcf66dd54a6")
        #expect(publication.authorName == "M. Durand-Œuvrard")
        #expect(publication.title == "push.notif.actu.info.published")
        #expect(publication.body == "M. Durand-Œuvrard : Carnaval")
        #expect(publication.wantsPush)
        #expect(publication.notBefore == Instant(rfc3339: "2027-02-19T07:00:00Z"))
        #expect(publication.resourceID == "5986")
        #expect(publication.resourceURI?.hasPrefix("/actualites#/view/thread/") == true)
        #expect(publication.params["info"] == "Carnaval")
    }

    @Test func `a timeline message without pushNotif wants no push`() throws {
        #expect(
            try event("timeline-no-push-wanted.json", contentType: "application/json").publication.wantsPush == false
        )
    }

    @Test func `the word null of a message without text is not shown`() throws {
        #expect(
            try event("timeline-messagerie-send-message.json", contentType: "application/json").publication.body
                == "Rendez-vous"
        )
    }

    @Test func `a dotted event type keeps its dots`() throws {
        let publication = try event("timeline-homeworks-entries-modified.json", contentType: "application/json")
            .publication
        #expect(publication.kind == "HOMEWORKS.ENTRIES.MODIFIED")
    }

    @Test func `a broker message becomes a publication`() throws {
        let event = try event("broker-news-published.json", contentType: "application/json")

        #expect(event.publication.kind == "NEWS.NEWS-PUBLISHED")
        #expect(event.publication.notBefore == nil)
        #expect(event.publication.time == Instant(milliseconds: 1_789_650_000_000))
        #expect(event.publication.params["username"] == "M. Durand-Œuvrard")
        #expect(event.publication.params["resourceUri"]?.string == event.publication.resourceURI)
    }

    @Test func `a minimal broker message has the kind's title and no body`() throws {
        let publication = try event("broker-minimal.json", contentType: "application/json").publication

        #expect(publication.app == "COMMUNITIES")
        #expect(publication.action == "ANNOUNCEMENT_NEW")
        #expect(publication.title == nil && publication.body == "" && !publication.wantsPush)
    }

    @Test func `a correction carries its revision and subject`() throws {
        let publication = try event("cloudevent-20-correction.json").publication
        #expect(publication.revision > 0)
        #expect(publication.subject?.hasPrefix("BLOG/") == true)
    }
}

let now = Instant(rfc3339: "2026-11-23T12:00:00+01:00")!

func bytes(_ file: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appendingPathComponent("SampleData/saint-etienne/events/\(file)")))
}

func event(_ file: String, contentType: String = "application/cloudevents+json") throws -> ParsedEvent {
    try event(try bytes(file), contentType: contentType)
}

func event(_ body: [UInt8], contentType: String, headers: [String: String] = [:]) throws -> ParsedEvent {
    let submission = try EventParser(limits: Limits()).parse(
        contentType: contentType,
        header: { headers[$0.lowercased()] },
        body: body,
        receivedAt: now
    )
    guard case .one(let event) = submission else { throw WrongForm() }
    return event
}

func batch(_ file: String) throws -> [Result<ParsedEvent, EventRefusal>] {
    let submission = try EventParser(limits: Limits()).parse(
        contentType: "application/cloudevents-batch+json",
        header: { _ in nil },
        body: try bytes(file),
        receivedAt: now
    )
    guard case .batch(let results) = submission else { throw WrongForm() }
    return results
}

struct WrongForm: Error {}
