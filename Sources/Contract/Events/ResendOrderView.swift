/// Who is to be rung once more: `notReached`.
package struct ResendOrderView: WireView {
    package var to: String?

    package init() {}

    package static let members: [WireMember<ResendOrderView>] = [.always("to", \.to)]
}
