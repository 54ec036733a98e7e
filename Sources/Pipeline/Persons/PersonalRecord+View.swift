import Contract
import Domain
import Store

extension PersonalRecord {
    /// What the registry has of it; events and looks are kept elsewhere.
    var view: PersonalRecordView {
        var view = PersonalRecordView()
        view.entry = entry.view
        view.devices = devices.map(\.view)
        view.lastName = lastName
        view.firstName = firstName
        view.restrictedSince = restrictedSince
        view.preferences = choices.map { choices in
            var view = PersonalRecordView.Choices()
            view.account = choices.account
            view.choices = choices.wishes.document
            return view
        }
        return view
    }
}

extension PersonalRecord.Device {
    fileprivate var view: PersonalDeviceView {
        var view = PersonalDeviceView()
        view.installation = installation
        view.app = app
        view.platform = platform
        view.locale = locale
        view.timezone = timezone
        view.appVersion = appVersion
        view.tokenTail = tokenTail
        view.state = state?.word ?? ""
        view.registeredAt = registeredAt
        view.lastSeenAt = lastSeenAt
        view.history = history.map(\.view)
        return view
    }
}
