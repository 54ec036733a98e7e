import DirectoryImport
import Domain
import Glibc
import Pipeline
import WebClient

/// Hands a delivery to the running service, streamed from a file.
struct RemoteImport {
    /// Reading and applying a delivery of a whole academy.
    private static let timeout = Duration.seconds(3600)

    let socket: String

    /// - Parameter request: what to import.
    /// - Returns: the report's object; nil when the service does not answer and nothing was sent.
    /// - Throws: ``OperatorFailure`` when the service refused it or its answer was lost.
    func run(_ request: DirectoryImporter.Request) async throws -> JSONObject? {
        let client = AdminClient(socket: socket)
        guard await client.get("/admin/lanes") != nil else {
            await client.stop()
            return nil
        }
        let result: Result<JSONObject, any Error>
        do { result = .success(try await send(request, client)) } catch { result = .failure(error) }
        await client.stop()
        return try result.get()
    }

    private func send(_ request: DirectoryImporter.Request, _ client: AdminClient) async throws -> JSONObject {
        guard let path = request.paths.first else { throw OperatorFailure(.usage, "nothing to import") }
        if request.format == .ndjson { return try await post(request, path, "application/x-ndjson", client) }
        if request.paths.count == 1, Self.isArchive(path) {
            return try await post(
                request,
                path,
                path.hasSuffix(".tar") ? "application/x-tar" : "application/gzip",
                client
            )
        }
        let folder = try Self.privateFolder()
        let archive = folder + "/delivery.tar"
        defer {
            unlink(archive)
            rmdir(folder)
        }
        do { try DeliveryArchive.write(request.paths, to: archive) } catch {
            throw OperatorFailure(.failed, "the delivery cannot be packed", why: error.description)
        }
        return try await post(request, archive, "application/x-tar", client)
    }

    private func post(
        _ request: DirectoryImporter.Request,
        _ path: String,
        _ contentType: String,
        _ client: AdminClient
    ) async throws -> JSONObject {
        let query = [
            ("format", request.format.rawValue), ("mode", request.mode.rawValue), ("dryRun", "\(request.isDryRun)"),
            ("yearChange", "\(request.isYearChange)"), ("actor", request.actor), ("source", request.source),
        ]
        let response: WebResponse
        do throws(WebClientError) {
            response = try await client.post(
                "/admin/directory/imports",
                query: query,
                contentType: contentType,
                body: .file(path: path),
                timeout: Self.timeout
            )
        } catch {
            if case .invalidRequest = error {
                throw OperatorFailure(.failed, "\(path) cannot be read", why: error.sentence)
            }
            throw OperatorFailure(
                .unreachable,
                "the service's answer was lost; the import may be done or not",
                why: error.sentence,
                next: "the same command with --dry-run: an empty diff means that it was done"
            )
        }
        // A failed delivery is a problem whose members are those of the report.
        if let object = AdminClient.object(response), object["diff"] != nil { return object }
        throw OperatorFailure(.failed, "the service refused the delivery", why: AdminClient.problem(response))
    }

    static func isArchive(_ path: String) -> Bool {
        [".tar", ".tar.gz", ".tgz"].contains { path.hasSuffix($0) }
    }

    private static func privateFolder() throws -> String {
        let parent = OperatorContext.current.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array((parent + "/carillon-import-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw OperatorFailure(.failed, "no folder can be made in \(parent)", why: String(cString: strerror(errno)))
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
