import DirectoryImport
import Domain
import Pipeline
import Settings
import Store

/// Imports without the service, under the lock of the data folder.
struct LocalImport {
    let stores: OfflineStores

    /// - Parameter settings: with secrets.
    init(settings: Settings) { stores = OfflineStores(settings: settings) }

    /// - Parameter request: what to import.
    /// - Returns: the report's object.
    /// - Throws: exit code 4 when a service holds the data but does not answer, 5 when the store cannot be opened or written.
    func run(_ request: DirectoryImporter.Request) async throws -> JSONObject {
        let settings = stores.settings
        return try await stores.run(held: { pid in
            OperatorFailure(
                .unreachable,
                "process \(pid) holds \(settings.data) and does not answer on its admin socket",
                next: "check listen.admin, or stop that process"
            )
        }) { queue, registry in
            let importer = Self.importer(queue, registry, settings)
            let result: Result<ImportReport, DirectoryImporter.Refusal>
            do throws(DirectoryImporter.Refusal) { result = .success(try await importer.run(request)) } catch {
                result = .failure(error)
            }
            switch result {
            case .success(let report): return report.json.object ?? JSONObject()
            case .failure(let refusal): throw Self.failure(refusal, settings)
            }
        }
    }

    static func importer(_ queue: QueueStore, _ registry: Registry, _ settings: Settings) -> DirectoryImporter {
        DirectoryImporter(
            registry: registry,
            queue: queue,
            workFolder: settings.data,
            heldFolder: settings.data + "/held",
            limits: settings.limits,
            time: OperatorContext.current.time
        )
    }

    static func failure(_ refusal: DirectoryImporter.Refusal, _ settings: Settings) -> OperatorFailure {
        switch refusal {
        case .busy: OperatorFailure(.failed, "another import is under way")
        case .notBuilt(let sentence): OperatorFailure(.failed, sentence)
        case .unavailable(let error): OperatorFailure.store(error, in: settings.data)
        case .unknownImport: OperatorFailure(.nothing, "there is no such import", next: "carillon directory list")
        case .notHeld(let state):
            OperatorFailure(.refused, "the import is \(state), not held", next: "carillon directory list")
        case .notKept:
            OperatorFailure(.refused, "its delivery was not kept", next: "import the delivery again")
        }
    }
}
