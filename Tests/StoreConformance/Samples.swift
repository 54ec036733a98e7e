package import Domain
package import Store

extension NewEvent {
    /// An event with this identity; hashes are the texts themselves, padded.
    package static func sample(
        _ identity: String,
        body: String = "body",
        subject: String = "BLOG/1/2",
        at now: Instant = StorePlace.start,
        notBefore: Instant? = nil,
        window: Duration = .seconds(3 * 86_400),
        unresolved: [AudienceMember] = []
    ) -> NewEvent {
        NewEvent(
            publisher: "one",
            publication: Publication(
                source: "https://ent.example.org/one",
                id: identity,
                subject: subject,
                time: now,
                app: "BLOG",
                action: "PUBLISH-POST",
                school: "0429901A",
                audience: [.schoolClass("70011"), .user("u-1"), .pupil("9100001"), .group("1"), .school("0429901A")],
                authorID: "u-2",
                title: "Titre",
                body: body,
                resourceURI: "/blog#/view/1",
                params: ["a": ["b": .number(1)], "c": .null],
                urgency: .urgent,
                notBefore: notBefore,
                expiresAt: now + .seconds(3600)
            ),
            dataClass: .generic,
            acceptedAt: now,
            expiresAt: now + .seconds(3600),
            identity: Self.bytes32(identity),
            bodyHash: Self.bytes32(body),
            identityWindow: window,
            unresolved: unresolved
        )
    }

    private static func bytes32(_ text: String) -> [UInt8] {
        Array((Array(text.utf8) + [UInt8](repeating: 0, count: 32)).prefix(32))
    }
}

extension Acceptance {
    package var id: EventID {
        switch self {
        case .created(let id, _), .duplicate(let id, _, _, _), .conflict(let id), .stale(let id): id
        }
    }
}

extension ExpansionStep {
    /// A step whose pages ring one device of each person, all pending.
    package static func sample(
        _ event: EventID,
        part: Int = 0,
        persons: ClosedRange<Int64>,
        lanes: [LaneID] = [LaneID(rawValue: 1)],
        isLast: Bool = true,
        expiresAt: Instant = StorePlace.start + .seconds(3600)
    ) -> ExpansionStep {
        let slots = persons.map { Plan.Slot(person: PersonID(rawValue: $0), device: DeviceID(rawValue: $0 + 10_000)) }
        let pages = lanes.map {
            NewPage(lane: $0, tag: Int64(part), plan: Plan(slots: slots), result: PageResult(count: slots.count))
        }
        return ExpansionStep(
            event: event,
            part: part,
            pages: pages,
            concerned: ConcernedPersons(
                entries: persons.map {
                    .init(person: PersonID(rawValue: $0), role: .guardian, through: [PersonID(rawValue: $0 + 50_000)])
                }
            ),
            cursor: persons.upperBound,
            isLast: isLast,
            expiresAt: expiresAt,
            pupils: persons.count,
            unknownUsers: ["nobody"]
        )
    }
}

/// Untyped throws: inside `#expect` a typed throw is not understood by Swift 6.2.
extension QueueStore {
    package func post(_ event: NewEvent) async throws -> Acceptance { try await accept(event) }
    package func post(_ events: [NewEvent]) async throws -> [Acceptance] { try await accept(events) }
    package func prune(before: Instant, max: Int = 2000) async throws -> Int {
        try await pruneIdentities(before: before, max: max)
    }
}
