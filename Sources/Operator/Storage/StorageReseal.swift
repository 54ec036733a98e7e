import ArgumentParser
import Contract
import Domain

struct StorageReseal: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Seals every device with the first storage key.",
        discussion: """
            Goes through the running service, which goes on serving; with --offline takes the store's lock and does it here. It may be broken off \
            and begun again. Afterwards `carillon storage keys` shows which keys may leave the file.
            Exit code 1 when devices stay that no configured key opens.

            A new key: make it (`carillon key generate storage`), put its line first in the file, restart, reseal, then take the old line out.

            Example:
              carillon storage reseal --why 'yearly rotation'
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(help: "The reason, for those who come after.")
    var why = ""

    @OptionGroup var offline: OfflineOption

    func run() async throws {
        let sums = try await options.admin(offline, reseal)
        try options.renderer.write(
            JSONObject([
                "looked": .number(sums.looked), "moved": .number(sums.moved), "failed": .number(sums.failed),
            ]),
            id: "moved"
        ) {
            [
                say("\(sums.looked) devices looked at, \(sums.moved) sealed anew")
                    + (sums.failed > 0 ? say(", \(sums.failed) cannot be opened") : "")
            ]
        }
        if sums.failed > 0 {
            throw OperatorError(
                .failed,
                say("\(sums.failed) devices stay sealed with a key that does not open them"),
                next: "carillon storage keys"
            )
        }
    }

    /// Asks for the next devices until there are none.
    private func reseal(_ channel: any AdminChannel) async throws -> ResealedView {
        var sums = ResealedView()
        sums.next = 0
        while let next = sums.next {
            var order = ResealOrderView()
            order.actor = OperatorContext.current.actor
            (order.why, order.after) = (why, next)
            let answer = try await channel.send(AdminRequest("/admin/storage/reseal", order)).taken("order")
            let part = ResealedView(shown: answer)
            sums.looked += part.looked
            sums.moved += part.moved
            sums.failed += part.failed
            sums.next = part.next
            // A service that does not get on would be asked for ever.
            if let after = part.next, after <= next {
                throw OperatorError(.failed, say("the service does not get on"))
            }
        }
        return sums
    }
}
