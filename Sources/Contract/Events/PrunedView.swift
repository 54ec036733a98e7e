/// A pruned event of which nothing could be read any more.
package struct PrunedView: WireView {
    package var id = ""
    package var isPruned = true

    package init() {}

    package static let members: [WireMember<PrunedView>] = [.always("id", \.id), .always("pruned", \.isPruned)]
}
