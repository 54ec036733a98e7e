import Contract
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// Directory exports: received into a private file, then read; the file is removed whatever happens.
struct ImportRoutes {
    /// An export of 2 GiB over a slow line.
    private static let uploadTimeout = Duration.seconds(3600)

    private let services: AdminServices
    private let uploads: UploadFolder

    init(services: AdminServices) {
        self.services = services
        uploads = UploadFolder(parent: services.workFolder)
    }

    /// For publishers with the right `directory`. A signature would need the whole body before it counts, so a key is required.
    func publicRoutes(_ publishers: PublisherDirectory) -> [Route] {
        [
            Route(.post, "/v1/directory/imports") { call in
                let publisher = try checkPublisher(call, publishers)
                return try await run(call, actor: "publisher \(publisher)", publisher: publisher)
            }
        ]
    }

    var adminRoutes: [Route] {
        [
            Route(.post, "/admin/directory/imports") { call in
                try await run(call, actor: call.context.actor(claim: call.query("actor") ?? ""), publisher: nil)
            },
            Route(.get, "/admin/directory/imports/progress") { _ in
                .json(.ok, ImportProgressView(services.importer.progress))
            },
            Route(.post, "/admin/directory/imports/{id}/approve") { try await approve($0) },
        ]
    }

    /// - Returns: the publisher's name.
    private func checkPublisher(_ call: Call, _ publishers: PublisherDirectory) throws(Problem) -> String {
        let publisher = try publishers.keyHolder(header: call.header, now: services.time.now())
        call.context.sender.isProven(publisher.name)
        guard publisher.rights.contains(.directory) else {
            throw Problem(.missingRight, "This publisher has not the right directory.")
        }
        // An export says what it holds only once it is read; who may deliver a feed, delivers all schools of it.
        return publisher.name
    }

    private func run(_ call: Call, actor: String, publisher: String?) async throws -> Response {
        var (fileName, request) = try ImportQuery.read(call)
        request.actor = actor
        request.publisher = publisher
        request.feed = call.query("feed") ?? request.feed
        try services.importer.check(request)
        request.source = call.query("source") ?? fileName
        guard services.condition.takesBulk else { throw Problem(.scarce, limits: services.limits) }
        try call.checkIsNotEncoded()
        let path = try await uploads.begin(named: fileName)
        let result: Result<ImportReport, any Error>
        do {
            try await BodyReader(
                bytesMax: services.limits.importBytesMax,
                timeout: Self.uploadTimeout,
                stallTimeout: services.bodyTimeout
            ).forEach(of: call.request) { try await uploads.append($0) }
            request.paths = [path]
            result = .success(try await services.importer.run(request))
        } catch { result = .failure(error) }
        await uploads.end()
        let report = try result.get()
        switch report.state {
        case .applied, .planned: return .json(.ok, report.json)
        case .held: return .json(.accepted, report.json)
        case .failed:
            throw Self.failed(report)
        }
    }

    private static func failed(_ report: ImportReport) -> Problem {
        var problem = Problem(.importFailed, report.failure ?? "The export cannot be read; nothing was changed.")
        problem.report = report.json.object ?? JSONObject()
        return problem
    }

    /// A person lets a held import through. 409 with the difference of the moment when it is not the one that was held.
    private func approve(_ call: Call) async throws -> Response {
        guard let id = ImportID(call.parameter("id")) else { throw ImportRefusal.unknownImport }
        let order = try await OrderBody.read(call, services, needsWhy: false)
        let approval = ImportApproval(id: id, isConfirmed: order.view.isConfirmed ?? false, actor: order.actor)
        let report = try await services.importer.approve(approval, why: order.why)
        switch report.state {
        case .applied: return .json(.ok, report.json)
        case .failed:
            throw Self.failed(report)
        case .held, .planned:
            var problem = Problem(.orderRefused, "The difference has changed since the import was held: say yes.")
            problem.report = report.json.object ?? JSONObject()
            problem.more.refusal = "diffChanged"
            throw problem
        }
    }
}

/// The query and the content type of an import.
enum ImportQuery {
    /// - Returns: the file's name, whose ending tells the importer what it holds, and the request without its path.
    static func read(_ call: Call) throws(Problem) -> (fileName: String, DirectoryImporter.Request) {
        guard let format = call.query("format").flatMap(DirectoryImporter.Format.init(rawValue:)) else {
            throw Problem(.invalidParameter, "format is \(DirectoryImporter.Format.list).")
        }
        let word = call.query("mode")
        guard let mode = word.map(DirectoryImporter.Mode.init(rawValue:)) ?? format.modes[0] else {
            throw Problem(.invalidParameter, "mode is complete or delta.")
        }
        guard format.modes.contains(mode) else {
            throw Problem(.invalidParameter, "\(format.label) is imported with mode \(format.modes[0]) only.")
        }
        let school = try school(call, format)
        let isDryRun = try call.flag("dryRun")
        let isYearChange = try call.flag("yearChange")
        let fileName: String
        switch (call.header("Content-Type").flatMap { ContentType($0) }?.name, format) {
        case ("application/x-ndjson", _) where format.isLines: fileName = "export.ndjson"
        case ("application/x-tar", _): fileName = "export.tar"
        case ("application/gzip", _): fileName = "export.tar.gz"
        case ("application/zip", _), ("application/x-zip-compressed", _): fileName = "export.zip"
        default:
            let lines = format.isLines ? "application/x-ndjson, " : ""
            let types = "\(lines)application/x-tar, application/gzip or application/zip"
            throw Problem(.unsupportedContentType, "An export is sent as \(types).")
        }
        var request = DirectoryImporter.Request(
            paths: [],
            format: format,
            mode: mode,
            isDryRun: isDryRun,
            isYearChange: isYearChange
        )
        request.school = school
        return (fileName, request)
    }

    private static func school(_ call: Call, _ format: DirectoryImporter.Format) throws(Problem) -> String? {
        guard let text = call.query("school") else {
            guard !format.needsSchool else {
                throw Problem(
                    .invalidParameter,
                    "school is required for \(format.rawValue): the UAI, which the files do not name."
                )
            }
            return nil
        }
        guard format.needsSchool else { throw Problem(.invalidParameter, "school is for onde-csv only.") }
        guard let code = SchoolCode.code(text) else {
            throw Problem(.invalidParameter, "school is a UAI: seven digits and a letter.")
        }
        return code
    }
}

extension ImportProgressView {
    /// nil: no import is under way.
    fileprivate init(_ progress: ImportProgress?) {
        self.init()
        guard let progress else { return }
        (state, bytes, bytesTotal) = (progress.step.rawValue, progress.bytes, progress.bytesTotal)
        (read, staged) = (progress.read, progress.staged)
    }
}
