package import Store

/// Why nothing was imported. Nothing has changed.
package enum ImportRefusal: Error, Hashable, Sendable {
    /// Another import is under way: try again later.
    case busy
    /// No feed of this name is configured.
    case unknownFeed(String)
    /// Another publisher delivers this feed.
    case foreignFeed(String)
    /// Of an approval: no import of this number.
    case unknownImport
    /// It is in this state, and there is nothing to approve.
    case notHeld(String)
    /// Its export is not there: it was too large, or the disk had no room.
    case notKept
    case unavailable(StoreError)
}
