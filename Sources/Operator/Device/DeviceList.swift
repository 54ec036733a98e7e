import API
import ArgumentParser
import Contract
import Domain
import Pipeline
import Providers
import Store

struct DeviceList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Devices, in the order of their first registration.",
        discussion: """
            Examples:
              carillon device list --user 9100001
              carillon device list --state suspect -o csv
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    @Option(help: "The owner's ENT id or feed key.") var user: String?
    @Option(help: "\(ProviderList.choice).", transform: ProviderID.typed) var provider: ProviderID?
    @Option(help: "active, unproven, suspect or disabled.", transform: Self.state) var state: DeviceState?

    func run() async throws {
        let inspection = try options.inspection()
        let filter = RegistryReader.DeviceFilter(user: user, provider: provider, state: state)
        let named = [user.map { "user \($0)" }, provider?.name, state?.word].compactMap { $0 }
        // Without a person it is a list of installations, each with its owner's key.
        inspection.look(
            .deviceList,
            at: try user.map { name in try inspection.askRegistry { try $0.persons(meantBy: name).map(\.id) } } ?? []
        )
        let listing = Listing(
            id: "installation",
            scope: ([say("devices")] + named).joined(separator: ", "),
            columns: Self.columns
        )
        try paging.write(listing, to: options.renderer, isFiltered: !named.isEmpty) { after, limit in
            let rows = try inspection.askRegistry { reader in
                let cursor = try after.map { try Self.cursor($0, reader) }
                return try reader.devices(filter, after: cursor, limit: limit)
            }
            return rows.map { DeviceView($0).object }
        }
    }

    static let columns: [Listing.Column] = [
        .longID("INSTALLATION", "installation"), .text("USER", "user"), .text("PROVIDER", "provider"),
        .text("TOKEN", "tokenTail"),
        .text("ENV", "environment"), .text("APP", "app"), .text("PLATFORM", "platform"), .state("STATE", "state"),
        .text("REASON", "reason"), .time("REGISTERED", "registeredAt"), .time("SEEN", "lastSeenAt"),
    ]

    private static func cursor(_ installation: String, _ reader: RegistryReader) throws -> DeviceID {
        guard let row = try reader.devices(.init(installation: installation), after: nil, limit: 1).first else {
            throw OperatorError(
                .nothing,
                say("the device \(installation) of --after is gone"),
                next: say("the list again, from its start")
            )
        }
        return row.id
    }

    private static func state(_ text: String) throws -> DeviceState {
        guard let state = DeviceState.allCases.first(where: { $0.word == text }) else {
            throw ValidationError(say("\(text) is none of active, unproven, suspect, disabled."))
        }
        return state
    }
}
