import ArgumentParser
import Domain
import Glibc

struct InitCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes a folder with a configuration that works, and its keys.",
        discussion: """
            The Debian package needs none of this: it has made /etc/carillon.

            With --simulator the folder also has three scripts: start runs simulator and gateway on loopback and registers a phone, push posts \
            event.json, or a file of yours, and shows what the phone got, stop ends both. They need curl.

            Examples:
              carillon init /srv/carillon && carillon config check --config /srv/carillon/carillon.yaml
              carillon init try --simulator && try/start && try/push
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The folder to make; it must not exist.")
    var folder: String

    @Flag(help: "For a push to a simulated phone, without an account at Google or Apple.")
    var simulator = false

    @Option(help: "With --simulator: the first of the four ports of loopback.")
    var port = 18_080

    func validate() throws {
        guard (1...65_532).contains(port) else { throw ValidationError(say("--port is 1 to 65532; four are taken.")) }
    }

    func run() async throws {
        let installation = NewInstallation(
            simulated: simulator ? .init(port: port, programs: try Self.programs()) : nil
        )
        for path in [folder] + NewInstallation.folders.map({ folder + "/" + $0 }) { try NewFolder.make(path) }
        for file in installation.files {
            try NewFile.write(file.text, to: folder + "/" + file.path, mode: file.isProgram ? 0o700 : 0o600)
        }
        let config = folder + "/carillon.yaml"
        let next = simulator ? "\(folder)/start" : "carillon config check --config \(config)"
        try options.renderer.write(
            JSONObject([
                "folder": .string(folder), "config": .string(config), "next": .string(next),
                "files": .array(installation.files.map { .string(folder + "/" + $0.path) }),
            ]),
            id: "folder"
        ) { installation.files.map { folder + "/" + $0.path } + [say("next: \(next)")] }
    }

    /// Where this program is, with the simulator beside it.
    private static func programs() throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
        guard access(folder + "/carillon-simulator", X_OK) == 0 else {
            throw OperatorError(
                .failed,
                say("there is no carillon-simulator in \(folder)"),
                why: systemText(),
                next: say("in the source: swift build --product carillon-simulator")
            )
        }
        return folder
    }
}
