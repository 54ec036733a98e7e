import ArgumentParser
import Domain
import Settings

struct PublisherRevoke: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends a publisher's key at once.",
        discussion: """
            Takes its hash out of the keysFile and has the running service read the file again.

            Example:
              carillon publisher revoke one k3f2a9c01 --yes
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The publisher's name.")
    var publisher: String

    @Argument(help: "The key's id, as `publisher list` gives it.")
    var key: String

    @Flag(help: "Confirms: who holds the key is refused from now on.")
    var yes = false

    func validate() throws {
        guard yes else { throw ValidationError(say("Who holds the key is refused from now on: confirm with --yes.")) }
    }

    func run() async throws {
        let settings = try options.settings(secrets: true).settings
        let file = try KeysFile(of: publisher, in: settings)
        try file.revoke(key, now: options.renderer.now)
        let state = try await file.takeIntoForce(settings, lacking: key)
        var object = JSONObject()
        object["publisher"] = .string(publisher)
        object["key"] = .string(key)
        object["state"] = .string(state)
        try options.renderer.write(object, id: "key") { [say("\(publisher): key \(key) revoked, \(state)")] }
    }
}
