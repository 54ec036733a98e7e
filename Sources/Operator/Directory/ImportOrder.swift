import Contract
import DirectoryImport
import Domain
import Glibc
import Pipeline
import Settings

/// Hands an export to the admin routes, streamed from a file; without a service, to those over the stores.
struct ImportOrder {
    /// Reading and applying an export of a whole academy.
    static let timeout = Duration.seconds(3600)

    let request: DirectoryImporter.Request
    let watch: ImportWatch

    /// - Returns: the report's object.
    /// - Throws: ``OperatorError`` when it was refused or the answer was lost.
    func run(_ options: GlobalOptions) async throws -> JSONObject {
        let settings = try options.settings().settings
        let answer = try await AdminClient.use(settings.listen.adminSocket) { client in
            await client.get("/admin/lanes") == nil ? nil : try await give(client)
        }
        if let answer { return answer }
        OperatorContext.current.talk(say("the service does not answer: importing into \(settings.data) directly"))
        let stores = OfflineStores(settings: try options.settings(secrets: true).settings)
        return try await OfflineAdmin(stores: stores, isBulk: false).run(
            held: { pid in
                OperatorError(
                    .unreachable,
                    say("process \(pid) holds \(settings.data) and does not answer on its admin socket"),
                    next: say("check listen.admin, or stop that process")
                )
            },
            give
        )
    }

    private func give(_ channel: any AdminChannel) async throws -> JSONObject {
        guard let path = request.paths.first else { throw OperatorError(.usage, say("nothing to import")) }
        if request.paths.count == 1, !Self.isFolder(path) {
            if let kind = ExportArchive.Kind(path: path) { return try await post(path, kind.contentType, channel) }
            if request.format.isLines { return try await post(path, "application/x-ndjson", channel) }
        }
        let folder = try Self.privateFolder()
        let archive = folder + "/export.tar"
        defer {
            unlink(archive)
            rmdir(folder)
        }
        do { try ExportArchive.write(request.paths, to: archive) } catch {
            throw OperatorError(.failed, say("the export cannot be packed"), why: error.description)
        }
        return try await post(archive, "application/x-tar", channel)
    }

    private func post(_ path: String, _ contentType: String, _ channel: any AdminChannel) async throws -> JSONObject {
        var order = AdminRequest("/admin/directory/imports")
        order.query = [
            ("format", request.format.rawValue), ("mode", request.mode.rawValue), ("dryRun", "\(request.isDryRun)"),
            ("yearChange", "\(request.isYearChange)"), ("actor", request.actor), ("source", request.source),
            ("feed", request.feed),
        ]
        if let school = request.school { order.query.append(("school", school)) }
        order.contentType = contentType
        order.body = .file(path: path)
        order.timeout = Self.timeout
        order.whenLost = OperatorError(
            .unreachable,
            say("the service's answer was lost; the import may be done or not"),
            next: say("the same command with --dry-run: an empty diff means that it was done")
        )
        let answer = try await watch.during(channel) { [order] in try await channel.send(order) }
        do { return try answer.report("export") } catch var failure as OperatorError where failure.status == .store {
            // Of an import there are three ends: applied or planned, held, failed.
            failure.status = .failed
            throw failure
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func privateFolder() throws -> String {
        let parent = OperatorContext.current.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array((parent + "/carillon-import-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw OperatorError(.failed, say("no folder can be made in \(parent)"), why: systemText())
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension AdminAnswer {
    /// The report of an import: a failed or held one is a problem that has its members.
    func report(_ subject: String) throws -> JSONObject {
        if ImportView(shown: object).diff != nil { return object }
        guard status != 200 else { return object }
        throw failure(about: subject)
    }
}
