import ArgumentParser
import Domain
import Settings

struct PublisherRotate: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Makes a new key for a publisher; the keys it has end after the overlap.",
        discussion: """
            Writes the hash of the new key into the publisher's keysFile, gives the other keys an end there, drops those that have ended, and \
            has the running service read the file again. The key itself is shown once.

            Examples:
              carillon publisher rotate one
              carillon publisher rotate one --overlap 24h --out one.key
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The publisher's name.")
    var publisher: String

    @Option(help: "How long the keys it has still count: 24h, 7d; 0s ends them at once.")
    var overlap: TimeLengthArgument = "7d"

    @Option(help: ArgumentHelp("A new file for the key, instead of showing it.", valueName: "file"))
    var out: String?

    func validate() throws { try overlap.check("overlap", like: "24h", "7d") }

    func run() async throws {
        let settings = try options.settings(secrets: true).settings
        let file = try KeysFile(of: publisher, in: settings)
        let now = options.renderer.now
        let key = GeneratedKey(.publisher)
        guard let line = key.hash, let hash = PublisherKeyHash(line: line) else {
            preconditionFailure("A generated key has a line.")
        }
        if let out { try NewFile.write(key.secret + "\n", to: out) }
        try file.rotate(to: hash, until: now + overlap.duration, now: now)
        let state: String
        var failure: (any Error)?
        // The key is shown whatever comes: its hash is in the file, and it is nowhere else.
        do { state = try await file.takeIntoForce(settings, having: hash.id) } catch {
            (state, failure) = (say("written, not in force yet"), error)
        }
        var object = JSONObject()
        object["publisher"] = .string(publisher)
        object["key"] = .string(hash.id)
        if let out { object["file"] = .string(out) } else { object["secret"] = .string(key.secret) }
        object["state"] = .string(state)
        try options.renderer.write(object, id: "key") {
            [out == nil ? key.secret : nil, "\(publisher): key \(hash.id), \(state)"].compactMap { $0 }
        }
        if let failure { throw failure }
    }
}
