package import Domain
package import Store

extension RoutesOfPersons {
    /// Empty for a person without a device.
    package subscript(person: PersonID) -> [RowResult<DeviceRoute>] {
        var found: [RowResult<DeviceRoute>] = []
        forEach(of: person) { found.append($0) }
        return found
    }

    /// Those of these persons who have a device.
    package func owners(of persons: [PersonID]) -> [PersonID] { persons.filter { !self[$0].isEmpty } }
}
