import ArgumentParser
import Simulator

struct Credentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the keys, certificates and accounts that gateway and simulator share.",
        discussion: """
            For the gateway: ca.pem (tls.caFile), apns.p8, fcm.json. For the simulator: cert.pem, key.pem, simulator.json.
            A set that is already there is replaced.
            """
    )

    @Option(help: "Folder to write to; its parent must exist.")
    var out: String

    @Option(help: "APNs team id.")
    var teamID = CredentialFolder.Names().teamID

    @Option(help: "APNs key id.")
    var keyID = CredentialFolder.Names().keyID

    @Option(help: "APNs topic: the app's bundle id.")
    var topic = CredentialFolder.Names().topic

    @Option(help: "Firebase project id.")
    var project = CredentialFolder.Names().projectID

    @Option(help: "token_uri of fcm.json; serve writes the right one when it starts.")
    var tokenURI = "https://localhost/token"

    func run() async throws {
        var names = CredentialFolder.Names()
        names.teamID = teamID
        names.keyID = keyID
        names.topic = topic
        names.projectID = project
        try CredentialFolder(path: out).make(names: names, tokenURI: tokenURI, now: SystemClock.milliseconds() / 1000)
    }
}
