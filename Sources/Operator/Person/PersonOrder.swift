import ArgumentParser
import Contract
import Domain

/// What every order about a person takes.
struct PersonOrder: ParsableArguments {
    @Argument(help: "The ENT id or the feed's key.")
    var user: String

    @Option(help: "The reason, for those who come after; name nobody.")
    var why: String

    @OptionGroup var offline: OfflineOption

    func validate() throws { try WhyText.check(why) }

    /// `verb`: the last part of the route.
    func give(_ verb: String, _ order: some WireView, _ options: GlobalOptions) async throws -> JSONObject {
        try await options.give(
            "/admin/persons/\(AdminRequest.escape(user))/\(verb)",
            order,
            about: "person \(user)",
            offline
        )
    }
}
