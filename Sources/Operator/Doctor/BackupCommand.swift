import ArgumentParser
import Domain
import Pipeline
import Settings
import Store

struct BackupCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the stores and the looks into a new folder, while the gateway works.",
        discussion: """
            The folder then holds queue.db and registry.db, checked and on the disk, and looks, who was shown names. The keys are not in it: keep
            them elsewhere, without the storage key no device of the copy can be rung.
            Restore: stop the service, empty the data folder, copy all of it in, start.
            Example:
              carillon backup /var/backups/carillon/$(date +%F)
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The folder to make; it must not exist.")
    var folder: String

    @Option(help: "The data folder; by default that of the configuration.")
    var data: String?

    func run() async throws {
        let source = try data ?? options.settings().settings.data
        let renderer = options.renderer
        try NewFolder.make(folder)
        do {
            try Backup.copy(from: source, to: folder)
        } catch {
            throw OperatorError(.store, say("the store in \(source) cannot be copied"), why: StoreError(error).said)
        }
        var bytes: Int64
        do { bytes = try LookLog(data: source).copy(to: folder) } catch {
            throw OperatorError(.failed, "the looks cannot be copied; both stores are", why: "\(error)")
        }
        for name in ["queue.db", "registry.db", ""] { bytes += try NewFolder.sync(folder + "/" + name) }
        try DoctorDeep(folder: folder, isDeep: false).requireSound()
        var object = JSONObject()
        object["at"] = .string(renderer.now.rfc3339)
        object["folder"] = .string(folder)
        object["bytes"] = .number(bytes)
        try renderer.write(object, id: "folder") { ["\(folder)", say("\(bytes) bytes, checked and on the disk")] }
    }
}
