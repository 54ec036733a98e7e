import ArgumentParser

struct KeyGenerate: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Makes a key.",
        discussion: """
            vapid      P-256 key for Web Push, PKCS#8 PEM            providers.webpush.keyFile
            publisher  bearer key, and the line of its hash          publishers[].keysFile (the hash line only)
            webhook    Standard Webhooks secret                      publishers[].secretsFile
            storage    key for device targets at rest                storage.keyFile
            audit      key for the log of orders                     audit.keyFile

            With --out the file is made with mode 0600 and must not be there yet; what is public is written to standard output.

            Examples:
              carillon key generate storage --out secrets/storage.key
              carillon key generate publisher -o json
              carillon key generate vapid --out secrets/vapid.pem
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "vapid, publisher, webhook, storage or audit.")
    var kind: GeneratedKey.Kind

    @Option(help: ArgumentHelp("A new file for the secret.", valueName: "file"))
    var out: String?

    func run() async throws {
        let key = GeneratedKey(kind)
        if let out {
            try NewFile.write(key.secret + "\n", to: out)
            OperatorContext.current.talk(say("written: \(out) (mode 0600)"))
        }
        let lines = [out == nil ? key.secret : nil, key.publicKey, key.hash].compactMap { $0 }
        try options.renderer.write(key.json(file: out), id: "id") {
            // PEM has lines of its own.
            lines.flatMap { $0.split(separator: "\n").map(String.init) }
        }
    }
}

extension GeneratedKey.Kind: ExpressibleByArgument {}
