import Contract
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// What a person may demand of those who hold data about him or her [GDPR art. 15, 17, 18], on both listeners alike.
struct PersonOrders {
    /// The export goes back as far as events are kept in full.
    private static let eventAge = Duration.seconds(400 * 86_400)

    let services: AdminServices

    /// Everything about one person; on record.
    func export(_ person: StoredPerson, actor: String, why: String) async throws -> Response {
        _ = try await services.queue.keep(
            InstantOperation(
                actor: actor,
                verb: "person.export",
                filter: "person=#\(person.id.rawValue)",
                why: why,
                changed: 0
            ),
            now: services.time.now()
        )
        try await services.keep(.personExport, person: person.id, actor: actor)
        return try await record(of: person)
    }

    /// The same for the person's own eyes: nothing to put on record.
    func record(of person: StoredPerson) async throws -> Response {
        let now = services.time.now()
        let record = PersonData(
            queueReader: services.queueReader,
            registryReader: services.registryReader,
            looks: services.looks
        )
        return .json(.ok, try await record.view(person, since: now + Self.eventAge * -1, now: now))
    }

    func erase(_ person: StoredPerson, actor: String, why: String) async throws -> Response {
        // It needs room: the log gives its blocks back and takes them again.
        guard services.condition.takesBulk else { throw Problem(.scarce, limits: services.limits) }
        return .json(.ok, try await erasure.erase(person, actor: actor, why: why, now: services.time.now()))
    }

    func restrict(_ person: StoredPerson, _ isRestricted: Bool, actor: String, why: String) async throws -> Response {
        let done = try await erasure.restrict(
            person,
            isRestricted,
            actor: actor,
            why: why,
            now: services.time.now()
        )
        return .json(.ok, done)
    }

    /// The one person of this name: an ENT id or a feed's key. `schools`: only of these; nil: of all.
    ///
    /// - Throws: 404 for nobody, also one of another school; 422 for a key that several feeds give.
    func person(_ call: Call, schools: Set<String>? = nil) async throws -> StoredPerson {
        let name = call.parameter("user")
        let (persons, isOfSchools) = try await services.registryReader.read { reader in
            let persons = try reader.persons(named: name)
            guard let schools, persons.count == 1 else { return (persons, true) }
            return (persons, try reader.isTied(persons[0].id, to: schools))
        }
        guard persons.count <= 1 else {
            throw Problem(.ambiguousKey, "Several feeds give this key to somebody: name the person by an ENT id.")
        }
        guard let person = persons.first, isOfSchools else {
            throw Problem(.unknownPerson, "Nobody is known by this name.")
        }
        return person
    }

    private var erasure: PersonErasure {
        PersonErasure(
            queue: services.queue,
            queueReader: services.queueReader,
            registry: services.registry,
            registryReader: services.registryReader
        )
    }
}
