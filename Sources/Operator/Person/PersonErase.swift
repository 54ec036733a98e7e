import ArgumentParser
import Contract
import Domain

struct PersonErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Ends what is known of one person, for good, in the files as well.",
        discussion: """
            Names, key, accounts, devices, choices, classes and relations go, and the names in events of the last weeks; counts stay. \
            The next delivery of the directory brings the person back while the school still has him or her: erase there first. Copies \
            that others made (backups, deliveries kept in held/) are theirs to erase.

            Example:
              carillon person erase 9100001 --why 'request of 28 November' --yes
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The ENT id or the feed's key.")
    var user: String

    @Option(help: "The reason, for those who come after; name nobody.")
    var why: String

    @Flag(help: "Confirms: it is for good.")
    var yes = false

    @OptionGroup var offline: OfflineOption

    func validate() throws {
        try WhyText.check(why)
        guard yes else { throw ValidationError("It is for good: confirm with --yes.") }
    }

    func run() async throws {
        var order = OrderView(why: why)
        order.isConfirmed = true
        let object = try await options.give(
            "/admin/persons/\(AdminRequest.escape(user))/erase",
            order,
            about: "person \(user)",
            offline
        )
        try options.renderer.write(object, id: "operation") {
            let view = ErasedView(shown: object)
            return [
                "erased: \(view.accounts) accounts, \(view.devices) devices, \(view.links) places and relations; "
                    + "named in \(view.events) events no more"
            ]
        }
    }
}
