package import Contract
import Domain
package import Store

extension FeedDifference {
    package var view: DirectoryDifferenceView {
        var view = DirectoryDifferenceView()
        view.feed = feed
        view.from = from.description
        view.to = to.description
        for (kind, changes) in changes { view[keyPath: kind.path] = changes.view }
        view.incomplete = incomplete.map(\.description)
        return view
    }
}

extension FeedDifference.Changes {
    fileprivate var view: DirectoryDifferenceView.Changes {
        var view = DirectoryDifferenceView.Changes()
        view.added = Self.shown(added)
        view.changed = Self.shown(changed)
        view.removed = Self.shown(removed)
        return view
    }

    private static func shown(_ keys: [String]) -> [String] { keys.map(\.showingInvisible).sorted() }
}

extension DirectoryChange.Kind {
    fileprivate var path: WritableKeyPath<DirectoryDifferenceView, DirectoryDifferenceView.Changes?> {
        switch self {
        case .school: \.schools
        case .schoolClass: \.classes
        case .group: \.groups
        case .pupil: \.pupils
        case .guardian: \.guardians
        case .staff: \.staff
        case .link: \.links
        case .user: \.users
        }
    }
}
