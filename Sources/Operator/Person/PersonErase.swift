import ArgumentParser
import Contract
import Domain

struct PersonErase: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Ends what is known of one person, for good, in the files as well.",
        discussion: """
            Names, key, accounts, devices, choices, classes and relations go, and the names in events of the last weeks; counts stay. \
            The next export of the directory brings the person back while the school still has him or her: erase there first. Copies \
            that others made (backups, exports kept in held/) are theirs to erase.

            Example:
              carillon person erase 9100001 --why 'request of 28 November' --yes
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var order: PersonOrder

    @Flag(help: "Confirms: it is for good.")
    var yes = false

    func validate() throws {
        guard yes else { throw ValidationError(say("It is for good: confirm with --yes.")) }
    }

    func run() async throws {
        var view = OrderView(why: order.why)
        view.isConfirmed = true
        let object = try await order.give("erase", view, options)
        try options.renderer.write(object, id: "operation") {
            let view = ErasedView(shown: object)
            return [
                say(
                    "erased: \(view.accounts) accounts, \(view.devices) devices, \(view.links) places and relations; named in \(view.events) events no more"
                )
            ]
        }
    }
}
