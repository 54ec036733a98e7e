import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Directory deliveries: received into a private file, then read; the file is removed whatever happens.
struct ImportRoutes {
    /// A delivery of 2 GiB over a slow line.
    private static let uploadTimeout = Duration.seconds(3600)

    private let services: APIServices
    private let uploads: UploadFolder

    init(services: APIServices) {
        self.services = services
        uploads = UploadFolder(parent: services.workFolder)
    }

    /// For publishers with the right `directory`. A signature would need the whole body before it counts, so a key is required.
    var publicRoutes: [Route] {
        [
            Route(.post, "/v1/directory/imports") { call in
                try checkPublisher(call)
                return try await run(call)
            }
        ]
    }

    var adminRoutes: [Route] {
        [Route(.post, "/admin/directory/imports") { try await run($0) }]
    }

    private func checkPublisher(_ call: Call) throws(Problem) {
        let publisher = try services.publishers.keyHolder(header: call.header)
        guard publisher.rights.contains(.directory) else {
            throw Problem(.missingRight, "This publisher has not the right directory.")
        }
        // The feed says what it holds only once it is read; who may import, imports for all schools.
    }

    private func run(_ call: Call) async throws -> Response {
        let (fileName, request) = try ImportQuery.read(call)
        try call.checkIsNotEncoded()
        let path = try await uploads.begin(named: fileName)
        let result: Result<ImportReport, any Error>
        do {
            try await BodyReader(
                bytesMax: services.limits.importBytesMax,
                timeout: Self.uploadTimeout,
                stallTimeout: services.bodyTimeout
            ).forEach(of: call.request) { try await uploads.append($0) }
            var request = request
            request.paths = [path]
            result = .success(try await importer(request))
        } catch { result = .failure(error) }
        await uploads.end()
        let report = try result.get()
        switch report.state {
        case .applied, .planned: return .json(.ok, report.json)
        case .held: return .json(.accepted, report.json)
        case .failed:
            var problem = Problem(.importFailed, report.failure ?? "The delivery cannot be read; nothing was changed.")
            problem.members = report.json.object ?? JSONObject()
            throw problem
        }
    }

    private func importer(_ request: DirectoryImporter.Request) async throws(Problem) -> ImportReport {
        do throws(DirectoryImporter.Refusal) { return try await services.importer.run(request) } catch {
            switch error {
            case .busy: throw UploadFolder.busy
            case .notBuilt(let sentence): throw Problem(.notBuilt, sentence)
            case .unavailable(let error): throw Problem(error, limits: services.limits)
            }
        }
    }
}

/// The query and the content type of an import.
enum ImportQuery {
    /// - Returns: the file's name, whose ending tells the importer what it holds, and the request without its path.
    static func read(_ call: Call) throws(Problem) -> (fileName: String, DirectoryImporter.Request) {
        guard let format = call.query("format").flatMap(DirectoryImporter.Format.init(rawValue:)) else {
            throw Problem(.invalidParameter, "format is aaf1d, onde-csv or ndjson.")
        }
        let word = call.query("mode") ?? (format == .ndjson ? "delta" : "complete")
        guard let mode = DirectoryImporter.Mode(rawValue: word) else {
            throw Problem(.invalidParameter, "mode is complete or delta.")
        }
        guard format != .ndjson || mode == .delta else {
            throw Problem(.invalidParameter, "NDJSON is imported with mode delta only.")
        }
        let isDryRun = try call.flag("dryRun")
        let isYearChange = try call.flag("yearChange")
        let fileName: String
        switch (format, call.header("Content-Type").flatMap { ContentType($0) }?.name) {
        case (.ndjson, "application/x-ndjson"): fileName = "delivery.ndjson"
        case (.aaf1d, "application/x-tar"), (.ondeCSV, "application/x-tar"): fileName = "delivery.tar"
        case (.aaf1d, "application/gzip"), (.ondeCSV, "application/gzip"): fileName = "delivery.tar.gz"
        case (.ndjson, _): throw Problem(.unsupportedContentType, "NDJSON is sent as application/x-ndjson.")
        default:
            throw Problem(.unsupportedContentType, "A delivery is sent as application/x-tar or application/gzip.")
        }
        return (
            fileName,
            .init(paths: [], format: format, mode: mode, isDryRun: isDryRun, isYearChange: isYearChange)
        )
    }
}
