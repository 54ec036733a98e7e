/// Where a filter's names are looked up: the stores.
package protocol FilterNames {
    func lanes() throws -> [(id: LaneID, name: String)]
    /// By the ENT's id or the feed's key; nil for somebody the directory does not know. Throws ``FilterWords/Problem`` for the key of several.
    func person(_ user: String) throws -> PersonID?
    func device(_ installation: String) throws -> DeviceID?
}
