import DirectoryImport
import Domain
import Glibc
import Providers
import Store
import StoreConformance
import Testing

/// The sample set beside the test targets, and the registry filled from it.
enum Sample {
    static let folder: String = {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/SampleData/saint-etienne"
    }()

    static func json(_ path: String) throws -> JSONValue { try JSONParser.parse(bytes(path)) }

    static func lines(_ path: String) throws -> [JSONValue] {
        try bytes(path).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(folder + "/" + path, O_RDONLY)
        try #require(descriptor >= 0, "\(path)")
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let size = status.st_size
        var bytes = [UInt8](repeating: 0, count: size)
        let count = read(descriptor, &bytes, size)
        try #require(count == size)
        return bytes
    }

    /// 1 September 2026.
    static let day = CalendarDay(daysSince1970: 20_697)

    /// Reads a delivery as the importer does, stages it and finishes the import.
    @discardableResult
    static func importAAF(
        _ name: String,
        in folder: String = folder + "/aaf1d",
        feed: String = ImportOrigin.mainFeed,
        mode: AAFMode = .complete,
        into registry: Registry,
        yearChange: Bool = false,
        dryRun: Bool = false
    ) async throws -> ImportReport {
        var changes: [DirectoryChange] = []
        let summary = try AAFReader(mode: mode).read(AAFExport(paths: [folder + "/" + name])) { operation in
            changes.append(DirectoryChange(operation))
        }
        return try await registry.importing(
            changes,
            origin: ImportOrigin(format: "aaf1d", mode: mode == .delta ? "delta" : "complete", feed: feed),
            scope: mode == .delta ? .changes : .feed,
            yearChange: yearChange,
            dryRun: dryRun,
            warnings: summary.warnings.kept,
            day: summary.generatedOn ?? day
        )
    }

    @discardableResult
    static func importRecords(
        _ records: [DirectoryRecord],
        into registry: Registry,
        yearChange: Bool = false,
        dryRun: Bool = false
    ) async throws -> ImportReport {
        try await registry.importing(
            records.map { DirectoryChange(.put($0)) },
            yearChange: yearChange,
            dryRun: dryRun
        )
    }

    /// Small inputs from the field.
    static let field = folder.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/field"

    static func users() throws -> [UserRecord] {
        var users: [UserRecord] = []
        _ = try UserNDJSONReader(file: "users.ndjson").read(path: folder + "/directory/users.ndjson") { line in
            if case .user(let user) = line.item { users.append(user) }
        }
        return users
    }

    /// Replays all registrations, each a second after the one before.
    static func register(in registry: Registry) async throws {
        let endpoints = EndpointRules(["push.example.org"].compactMap(EndpointRules.Entry.init))
        for (number, line) in try lines("devices/registrations.ndjson").enumerated() {
            let device = try Registration.parse(
                line,
                installation: try #require(line["installation"]?.string),
                limits: Limits(),
                forms: [FCM.targetForm([]), APNs.targetForm([]), WebPush.targetForm(allowing: endpoints)]
            )
            _ = try await registry.register(
                device,
                for: Account(userID: try #require(line["user"]?.string), externalKey: nil),
                limits: Limits(),
                now: TestFolder.start + .seconds(Int64(number))
            )
        }
    }
}

extension Registry {
    /// A phone of that account; `key`: what the ENT says it is in the directory.
    func signIn(_ installation: String, of user: String, key: String? = nil) async throws {
        _ = try await register(
            Registration(
                installation: installation,
                target: .fcmToken("token of " + installation),
                environment: .production,
                app: "onepocket"
            ),
            for: Account(userID: user, externalKey: key),
            limits: Limits(),
            now: TestFolder.start
        )
    }
}
