import ArgumentParser

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "The registered devices; of a token only its last four characters are shown.",
        subcommands: [DeviceList.self, DeviceShow.self, DeviceTest.self, DeviceRevoke.self, DeviceRestore.self]
    )
}
