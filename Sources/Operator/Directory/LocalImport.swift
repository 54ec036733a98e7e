import Crypto
import DirectoryImport
import Domain
import FoundationEssentials
import Glibc
import Pipeline
import SQLite
import Settings
import Store

/// Imports without the service: takes the lock of the data folder for as long as it takes.
struct LocalImport {
    /// With secrets: a registry that is new seals its look-up key.
    let settings: Settings

    /// - Parameter request: what to import.
    /// - Returns: the report's object.
    /// - Throws: exit code 4 when a service holds the data but does not answer, 5 when the store cannot be opened or written.
    func run(_ request: DirectoryImporter.Request) async throws -> JSONObject {
        let context = OperatorContext.current
        try makeFolder()
        let queue: QueueStore
        do {
            queue = try QueueStore(
                folder: settings.data,
                now: context.time.now(),
                newKey: Self.random(),
                onFatal: { context.talk("the store failed: \($0)") }
            )
        } catch ProcessLockError.held(_, let pid) {
            throw OperatorFailure(
                .unreachable,
                "process \(pid.map(String.init) ?? "?") holds \(settings.data) and does not answer on its admin socket",
                next: "check listen.admin, or stop that process"
            )
        } catch {
            throw OperatorFailure.store(error, in: settings.data)
        }
        let result: Result<JSONObject, any Error>
        do { result = .success(try await importInto(request, context)) } catch { result = .failure(error) }
        await queue.close()
        return try result.get()
    }

    private func importInto(_ request: DirectoryImporter.Request, _ context: OperatorContext) async throws -> JSONObject
    {
        let registry: Registry
        do {
            let keys = settings.storage.keys.map { TargetSeal.Key(id: $0.id, key: SymmetricKey(data: $0.key.bytes)) }
            registry = try Registry(
                folder: settings.data,
                keys: keys,
                newKey: Self.random(),
                onFatal: { context.talk("the store failed: \($0)") }
            )
        } catch {
            throw OperatorFailure.store(error, in: settings.data)
        }
        let importer = DirectoryImporter(
            registry: registry,
            workFolder: settings.data,
            limits: settings.limits,
            time: context.time
        )
        let result: Result<ImportReport, DirectoryImporter.Refusal>
        do throws(DirectoryImporter.Refusal) { result = .success(try await importer.run(request)) } catch {
            result = .failure(error)
        }
        await registry.close()
        switch result {
        case .success(let report): return report.json.object ?? JSONObject()
        case .failure(.busy): throw OperatorFailure(.failed, "another import is under way")
        case .failure(.notBuilt(let sentence)): throw OperatorFailure(.failed, sentence)
        case .failure(.unavailable(let error)): throw OperatorFailure.store(error, in: settings.data)
        }
    }

    private func makeFolder() throws {
        guard mkdir(settings.data, 0o700) != 0, errno != EEXIST else { return }
        throw OperatorFailure(
            .store,
            "the data folder \(settings.data) cannot be made",
            why: String(cString: strerror(errno))
        )
    }

    private static func random() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }
}
