package import Contract
package import Store

extension DeviceChange {
    /// When and what.
    package var view: DeviceChangeView {
        var view = DeviceChangeView()
        view.at = at
        view.what = reason
        return view
    }
}
