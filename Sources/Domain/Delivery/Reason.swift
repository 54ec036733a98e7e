/// Why a delivery or a guardian stands where it stands: the stable words of the API (`interfaces.md` 2) and their
/// byte in a page's result. A number is never reused.
package enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    case noDevice = 1
    case muted = 2
    case optedOut = 3
    case quietHours = 4
    case notActivated = 5
    case unknownUser = 6
    case noGuardian = 7
    case author = 8
    case tokenGone = 9
    case payloadRefused = 10
    case credentialPaused = 11
    case laneClosed = 12
    case retrying = 13
    case expired = 14
    case dropped = 15
    case withdrawn = 16
    case dead = 17
    case forbidden = 18
    case noPush = 19
    case kindDisabled = 20
    case tokenSuspect = 21
    case superseded = 22
    case held = 23
    /// The device's address cannot be opened: damaged, or sealed by a storage key that is gone.
    case addressUnreadable = 24
    /// The page or the event cannot be read.
    case unreadable = 25
    /// Another event of the same author with the same words, posted just before, rings this person.
    case merged = 26
    /// One message for several publications that quiet hours had held up rings this person.
    case recap = 27
    /// The person's data may be kept and not used [GDPR art. 18].
    case restricted = 28

    /// The word in the API; equal to the case's name.
    package var word: String { "\(self)" }
}
