import ArgumentParser
import Contract
import Domain
import Settings
import Store

struct LaneShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One lane: its state, what waits on it and what it fails of.",
        discussion: """
            Live when the service answers on its admin socket, else as the store last saw it.

            Examples:
              carillon lane show fcm/onepocket
              carillon lane show apns/onepocket -o json | jq .reasons
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The lane's name.", completion: .lanes)
    var lane: String

    func run() async throws {
        let inspection = try options.inspection()
        let renderer = options.renderer
        let stored = try inspection.lane(named: lane)
        let facts = try await LaneFacts.read(inspection, now: renderer.now)
        if let sentence = Listing.sentence(unread: facts.unread) { renderer.context.talk(sentence) }
        var object = facts.items.first { $0.lane == lane }?.object ?? JSONObject(["lane": .string(lane)])
        // The name it had before `since` stood in the contract.
        object["changedAt"] = object["since"] ?? .null
        let expiry = inspection.settings.providers.expiry(ofLane: lane)
        object["credentialExpiresAt"] = expiry.map { .string($0.rfc3339) } ?? .null
        let reasons = try reasons(of: stored.id, inspection, now: renderer.now)
        object["reasons"] = .object(reasons)
        try renderer.write(object, id: "lane") {
            [Renderer.head(say("lane \(lane)"), at: renderer.now, source: facts.source)]
                + object.filter {
                    !["lane", "reasons", "changedAt"].contains($0.name)
                        && ($0.name, $0.value) != ("removalsFrozen", false)
                        && ($0.name, $0.value) != ("credentialExpiresAt", .null)
                }.map { Self.line($0, now: renderer.now) }
                + [say("deferred and dead, by reason")]
                + (reasons.isEmpty ? [say("  (none)")] : reasons.map { "  \($0.value.int64 ?? 0)  \($0.name)" })
        }
    }

    private static func line(_ member: JSONObject.Member, now: Instant) -> String {
        "  " + DisplayWidth.padded(say(known: member.name), to: 16, gap: 2) + shown(member, now: now)
    }

    private static func shown(_ member: JSONObject.Member, now: Instant) -> String {
        if member.name == "oldestSeconds" { return member.value.int64.map { RelativeTime.length($0) } ?? "-" }
        let time = member.value.string.flatMap { Instant(rfc3339: $0) }
        if member.name == "until" { return time.map { RelativeTime.until($0, now: now) } ?? "-" }
        return time.map { RelativeTime.text($0, now: now) } ?? Listing.Column.plain(member.value)
    }

    /// The provider's words over what is deferred or dead on the lane, the most frequent first.
    private func reasons(of lane: LaneID, _ inspection: Inspection, now: Instant) throws -> JSONObject {
        var filter = QueueFilter()
        filter.states = [.deferred, .dead]
        filter.lanes = [lane]
        var matrix = AgeMatrix(bounds: [])
        let scan = DeliveryScan(inspection.queue, filter)
        try matrix.count(scan, by: .reason, now: now, laneName: { _ in "" }) { next in
            try inspection.ask { _ in try next() }
        }
        inspection.warn(scan)
        var object = JSONObject()
        let rows = matrix.rows.map { (key: $0.key, sum: $0.value.reduce(0, +)) }
        for row in rows.sorted(by: { ($1.sum, $0.key) < ($0.sum, $1.key) }).prefix(20) {
            object[row.key] = .number(row.sum)
        }
        return object
    }
}
