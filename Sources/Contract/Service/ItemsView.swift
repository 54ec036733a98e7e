/// A list without pages.
package struct ItemsView<Item: WireView>: WireView {
    package var items: [Item] = []

    package init() {}

    package init(_ items: [Item]) { self.items = items }

    package static var members: [WireMember<ItemsView>] { [.always("items", \.items)] }
}
