/// What became of a batch, event by event.
package struct BatchView: WireView {
    package var results: [BatchResultView] = []

    package init() {}

    package static let members: [WireMember<BatchView>] = [.always("results", \.results)]
}
