import ArgumentParser
import Cryptography
import Database
import Domain
import FoundationEssentials
import Glibc
import Operator
import Pipeline
import Providers
import SQLite
import Settings
import Store
import Synchronization

struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "carillon", subcommands: OperatorCommands.all)
}

/// What one command line did.
struct Ran {
    var code: Int32
    var output: String
    var talk: String

    var json: JSONValue {
        get throws { try JSONParser.parse(output) }
    }
}

/// A configuration and, when asked for, a store with one event; nobody serves it.
final class OperatorFixture {
    static let now = Instant(seconds: 1_790_000_000)
    static let storageKey = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    let folder: String
    var event = EventID(rawValue: 0)

    init() throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/operator-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try write(
            "carillon.yaml",
            "data: data\nlisten: {public: \"127.0.0.1:0\", admin: admin.sock, metrics: \"127.0.0.1:0\"}\nstorage: {keyFile: storage.key}\n"
        )
        try write("storage.key", Self.storageKey + "\n")
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            print("The folder \(folder) stays: \(error)")
        }
    }

    /// A key of the sample data: of the right form, good for nothing.
    static func credential(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return String(
            decoding: try Data(contentsOf: tests.appending(path: "SampleData/credentials/" + name)),
            as: UTF8.self
        )
    }

    func write(_ name: String, _ text: String) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    func run(_ arguments: String...) async -> Ran { await run(arguments) }

    /// `typed`: a person sits at the terminal and types these lines; `input`: lines of a pipe.
    func run(
        _ arguments: [String],
        columns: Int? = nil,
        environment: [String: String] = [:],
        typed: [String]? = nil,
        input: [String] = []
    ) async -> Ran {
        await Self.run(
            arguments,
            in: folder,
            columns: columns,
            environment: environment,
            typed: typed,
            input: input
        )
    }

    /// `onOutput`: called at each piece of the answer.
    static func run(
        _ arguments: [String],
        in folder: String,
        columns: Int? = nil,
        environment: [String: String] = [:],
        typed: [String]? = nil,
        input: [String] = [],
        onOutput: @escaping @Sendable () -> Void = {}
    ) async -> Ran {
        let recorder = Recorder()
        let environment = environment.merging(["CARILLON_CONFIG": folder + "/carillon.yaml"]) { own, _ in own }
        var context = OperatorContext(
            environment: environment,
            time: TimeSource(now: { Self.now }, monotonic: { 0 }),
            actor: "lea",
            columns: columns,
            output: {
                recorder.output($0)
                onOutput()
            },
            talk: { recorder.talk($0 + "\n") }
        )
        context.isInteractive = typed != nil
        let lines = Mutex((typed ?? input)[...])
        context.input = { lines.withLock { $0.popFirst() } }
        let code = await OperatorCommands.run(Root.self, arguments: arguments, context: context)
        return Ran(code: code, output: recorder.outputText, talk: recorder.talkText)
    }

    /// What the store's files say they were last written at.
    func setTimes(to instant: Instant) throws {
        let date = Date(timeIntervalSince1970: Double(instant.seconds))
        for name in ["queue.db", "queue.db-wal", "registry.db"]
        where FileManager.default.fileExists(atPath: folder + "/data/" + name) {
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder + "/data/" + name)
        }
    }

    /// Opens the queue as its service would.
    func queue<T>(_ body: (QueueStore) async throws -> T) async throws -> T {
        let queue = try await reopened()
        let result: Result<T, any Error>
        do { result = .success(try await body(queue)) } catch { result = .failure(error) }
        await queue.close()
        return try result.get()
    }

    /// A child of another test holds a copy of the lock's descriptor between its fork and its exec, so the lock just let go may be
    /// ours for a moment still.
    private func reopened() async throws -> QueueStore {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try SQLiteStores(folder: folder + "/data").openQueue(
                    now: Self.now,
                    newKey: [UInt8](repeating: 7, count: 32),
                    onFatal: { _ in }
                )
            } catch StoreError.inUse(_, pid: getpid()) where ContinuousClock.now < deadline {
                await Task.yield()
            }
        }
    }

    /// One event to three guardians on one lane: accepted, to try again, withheld; and one device.
    func fillStore(madeAt: Instant = now) async throws {
        let data = folder + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let queue = try SQLiteStores(folder: data).openQueue(
            now: Self.now,
            newKey: [UInt8](repeating: 7, count: 32),
            onFatal: { _ in }
        )
        let key = TargetSeal.Key(id: "k1", key: SymmetricKey(data: Array(0..<32)))
        let registry = try SQLiteStores(folder: data).openRegistry(
            keys: [key],
            newKey: [UInt8](repeating: 9, count: 32),
            onFatal: { _ in }
        )
        try await fill(queue, registry, madeAt)
        await registry.close()
        await queue.close()
    }

    private func fill(_ queue: QueueStore, _ registry: Registry, _ now: Instant) async throws {
        let device = Registration(
            installation: "phone-1",
            target: .fcmToken("token-token-abcd"),
            environment: .production,
            app: "onepocket",
            platform: .android
        )
        _ = try await registry.register(
            device,
            for: Account(userID: "guardian-1", externalKey: nil),
            limits: Limits(),
            now: now
        )
        let lane = try await queue.lane(named: "fcm/onepocket", provider: .fcm, now: now)
        let publication = Publication(
            app: "BLOG",
            action: "PUBLISH-POST",
            school: "0429901A",
            audience: [.user("guardian-1")],
            title: "Titre",
            body: "Texte"
        )
        let accepted = try await queue.accept(
            NewEvent(
                publisher: "one",
                publication: publication,
                dataClass: .clear,
                acceptedAt: now,
                expiresAt: now + .seconds(3600),
                identity: [UInt8](repeating: 1, count: 32),
                bodyHash: [UInt8](repeating: 2, count: 32),
                identityWindow: .seconds(60),
                unresolved: []
            )
        )
        guard case .created(let id, _) = accepted else { throw CocoaError(.fileReadUnknown) }
        event = id
        // Person and device 1 are the ones registered above: both files are new.
        let rung = Plan(slots: [
            .init(person: PersonID(rawValue: 1), device: DeviceID(rawValue: 1)),
            .init(person: PersonID(rawValue: 2), device: DeviceID(rawValue: 2)),
        ])
        let nobody = Plan(slots: [.init(person: .unknown(index: 0), device: DeviceID(rawValue: 0))])
        let step = ExpansionStep(
            event: id,
            part: 0,
            pages: [
                NewPage(lane: lane.id, tag: 0, plan: rung, result: PageResult(count: 2)),
                NewPage(
                    lane: .nowhere,
                    tag: 0,
                    plan: nobody,
                    result: PageResult([SlotResult(.withheld, reason: .unknownUser)])
                ),
            ],
            concerned: ConcernedPersons(entries: [
                .init(person: PersonID(rawValue: 1), role: .guardian, through: []),
                .init(person: PersonID(rawValue: 2), role: .guardian, through: []),
                .init(person: .unknown(index: 0), role: .other, through: []),
            ]),
            cursor: PersonID.unknown(index: 0).rawValue,
            isLast: true,
            expiresAt: now + .seconds(3600),
            pupils: 1,
            unknownUsers: ["stranger"]
        )
        let entries = try await queue.append([step], now: now)[0].get()
        guard let page = entries?.first?.page else { throw CocoaError(.fileReadUnknown) }
        try await queue.record(
            [
                Outcome(page: page, slot: 0, result: .accepted(attempts: 1, latencyMilliseconds: 40), attempts: 1),
                Outcome(
                    page: page,
                    slot: 1,
                    result: SlotResult(.deferred, reason: .retrying),
                    retryAt: now + .seconds(90),
                    attempts: 1,
                    attempt: .init(at: now, milliseconds: 312, status: 503, reason: "UNAVAILABLE")
                ),
            ],
            now: now
        )
    }

    private final class Recorder: Sendable {
        private let texts = Mutex<(output: [UInt8], talk: String)>(([], ""))

        func output(_ bytes: [UInt8]) { texts.withLock { $0.output += bytes } }
        func talk(_ text: String) { texts.withLock { $0.talk += text } }
        var outputText: String { texts.withLock { String(decoding: $0.output, as: UTF8.self) } }
        var talkText: String { texts.withLock { $0.talk } }
    }
}
