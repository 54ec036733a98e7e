package import Contract
package import Domain
package import Store

extension DirectoryEntry {
    /// Of its view.
    package var object: JSONObject {
        switch self {
        case .person(let person): person.view.object
        case .place(let place): place.view.object
        }
    }
}

extension PersonEntry {
    package var view: DirectoryPersonView {
        var view = DirectoryPersonView()
        view.kind = "\(kind)"
        view.key = records.first?.key
        view.accounts = accounts
        view.feed = feed
        view.origin = origin.view
        view.devices = devices
        // Of one feed alone `key` and `feed` say it all.
        if records.count > 1 { view.records = records.map(\.view) }
        view.places = places.map(\.view)
        view.guardians = guardians.map(\.view)
        view.pupils = pupils.map(\.view)
        return view
    }
}

extension PlaceEntry {
    package var view: DirectoryPlaceView {
        var view = DirectoryPlaceView()
        view.kind = kind.word
        view.key = key
        view.name = name
        view.school = school
        view.feed = feed
        view.origin = origin.view
        if kind == .school { view.classes = classes.map(\.view) }
        view.pupils = pupils.map(\.view)
        return view
    }
}

extension RecordOrigin {
    fileprivate var view: OriginView {
        var view = OriginView()
        view.importID = importID?.description
        view.at = at
        return view
    }
}

extension FeedRecord {
    fileprivate var view: DirectoryPersonView.Record {
        var view = DirectoryPersonView.Record()
        view.feed = feed
        view.key = key
        return view
    }
}

extension PersonEntry.Place {
    fileprivate var view: DirectoryPersonView.Place {
        var view = DirectoryPersonView.Place()
        view.kind = kind.word
        view.key = key
        view.name = name
        view.school = school
        view.from = from?.text
        view.to = to?.text
        view.origin = origin.view
        return view
    }
}

extension PersonEntry.Relation {
    fileprivate var view: DirectoryPersonView.Relation {
        var view = DirectoryPersonView.Relation()
        view.key = key
        view.since = since?.text
        view.origin = origin.view
        if isMissing { view.isMissing = true }
        return view
    }
}

extension PlaceEntry.Class {
    fileprivate var view: DirectoryPlaceView.Class {
        var view = DirectoryPlaceView.Class()
        view.kind = kind.word
        view.key = key
        view.name = name
        view.members = members
        view.origin = origin.view
        return view
    }
}

extension PlaceEntry.Pupil {
    fileprivate var view: DirectoryPlaceView.Pupil {
        var view = DirectoryPlaceView.Pupil()
        view.key = key
        view.from = from?.text
        view.to = to?.text
        view.guardians = guardians
        view.origin = origin.view
        return view
    }
}
