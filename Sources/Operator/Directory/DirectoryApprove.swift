import ArgumentParser
import Domain
import Pipeline
import Settings
import Store
import WebClient

struct DirectoryApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Lets a held import through.",
        discussion: """
            Reads its delivery again and compares it with the directory of the moment. When the difference is not the one that was held, it is \
            shown again and nothing is changed without --yes (exit code 6).

            Examples:
              carillon directory show I-7
              carillon directory approve I-7 --why 'the school has closed a site'
            """
    )

    /// Reading and applying a delivery of a whole academy.
    private static let timeout = Duration.seconds(3600)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "I-…, as `directory list` gives it.")
    var id: String

    @Option(help: "A reason, for those who come after.")
    var why: String = ""

    @Flag(help: "Also when the difference has changed since.")
    var yes = false

    @Flag(help: "While the service is down: take the store's lock and do it here.")
    var offline = false

    func run() async throws {
        let number = try DirectoryList.id(id)
        let object = try await offline ? approveHere(number) : ask()
        try options.renderer.write(object, id: "import") { ImportText.lines(object) }
        switch object["state"]?.string {
        case "applied": return
        case "held":
            throw OperatorFailure(
                .refused,
                "the difference has changed since \(id) was held; nothing was changed",
                next: "look at it, then the same with --yes"
            )
        default:
            throw OperatorFailure(.failed, "the delivery failed; nothing was changed", why: object["detail"]?.string)
        }
    }

    private func ask() async throws -> JSONObject {
        let order = ServiceOrder(
            path: "/admin/directory/imports/\(id)/approve",
            why: why,
            more: ["yes": .bool(yes)],
            canBeOffline: true
        )
        let response = try await order.send(options, timeout: Self.timeout)
        let object = AdminClient.object(response) ?? JSONObject()
        switch response.status {
        case 200: return object
        case 404: throw OperatorFailure(.nothing, "there is no import \(id)", next: "carillon directory list")
        case _ where object["diff"] != nil: return object
        case 409: throw OperatorFailure(.refused, AdminClient.problem(response), next: "carillon directory show \(id)")
        case 503:
            throw OperatorFailure(.store, "the service cannot do it now", why: AdminClient.problem(response))
        default: throw OperatorFailure(.failed, "the order was not taken", why: AdminClient.problem(response))
        }
    }

    private func approveHere(_ number: ImportID) async throws -> JSONObject {
        let settings = try options.settings(secrets: true).settings
        let stores = OfflineStores(settings: settings)
        let approval = ImportApproval(id: number, isConfirmed: yes, actor: OperatorContext.current.actor)
        return try await stores.run(held: stores.refused) { queue, registry in
            do throws(DirectoryImporter.Refusal) {
                let report = try await LocalImport.importer(queue, registry, settings).approve(approval, why: why)
                return report.json.object ?? JSONObject()
            } catch { throw LocalImport.failure(error, settings) }
        }
    }
}
