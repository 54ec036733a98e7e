package import Contract
import Domain

extension Look {
    package var view: LookView {
        var view = LookView()
        view.at = at
        view.actor = actor
        view.what = kind.rawValue
        view.person = person.map { Int($0.rawValue) }
        view.event = event?.description
        return view
    }

    var personalView: PersonalLookView {
        var view = PersonalLookView()
        view.at = at
        view.what = kind.rawValue
        view.by = by
        view.event = event?.description
        return view
    }
}
