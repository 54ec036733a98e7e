/// The room on the disk of the stores.
package struct DiskView: WireView {
    package var stage = ""
    package var freeBytes = 0
    package var softBytes = 0
    package var hasBallast = false

    package init() {}

    package static let members: [WireMember<DiskView>] = [
        .always("stage", \.stage), .always("freeBytes", \.freeBytes), .always("softBytes", \.softBytes),
        .always("hasBallast", \.hasBallast),
    ]
}
