/// Every bound of the gateway on something that can grow, in one place; `carillon config show` prints them.
package struct Limits: Sendable {
    /// One event's body; beyond: 413.
    package var eventBytesMax = 256 * 1024
    /// One batch's body; beyond: 413.
    package var batchBytesMax = 1024 * 1024
    /// Events in a batch; beyond: 413.
    package var batchEventsMax = 500
    /// Depth of nested JSON arrays and objects; beyond: 400.
    package var jsonDepthMax = 32
    /// Persons a timeline or broker message may name, and entries of an audience; beyond: 422.
    package var recipientsMax = 20_000
    /// Characters (grapheme clusters) kept of a title and of a body before the byte budget of a provider applies.
    package var titleCharactersMax = 120
    package var bodyCharactersMax = 240
    /// Bytes of an identifier from outside (event id, source, subject, person, class).
    package var identifierBytesMax = 512
    /// Bytes of an ENT user id: it is spliced into every message, so its room is kept in the byte budget.
    package var userIDBytesMax = 128
    /// Bytes of the address that a notification opens; no message has room for more.
    package var linkBytesMax = 2000
    /// How far ahead an event may be scheduled; beyond: 422.
    package var scheduleAheadDays = 366
    /// Bytes of a message to APNs and FCM [Apple: generating a remote notification; FCM: message size].
    package var payloadBytesMax = 4096

    /// Registrations of one account: a minute's allowance and the burst; beyond: 429.
    package var registrationsPerMinute = 60
    package var registrationsBurst = 100
    /// Other requests of one account, and questions of one publisher: a minute's allowance and the burst; beyond: 429.
    package var requestsPerMinute = 600
    package var requestsBurst = 1200
    /// Requests of one address to what asks for no account, and deliveries of the directory: a minute's allowance and the burst; beyond: 429.
    package var openRequestsPerMinute = 6000
    package var openRequestsBurst = 6000
    /// Posts of one publisher: a minute's allowance and the burst; beyond: 429.
    package var postsPerMinute = 60_000
    package var postsBurst = 60_000
    /// Events of one publisher that wait for their time; beyond: 429.
    package var scheduledEventsMax = 10_000
    /// Bytes of all bodies together that are read before anybody is proven to have sent them; beyond: 503.
    package var unprovenBytesMax = 32 * 1024 * 1024
    /// Tokens of one address that the ENT has called unknown: a minute's allowance and the burst; beyond: 429 for new ones.
    package var refusedTokensPerMinute = 60
    package var refusedTokensBurst = 120
    /// New tokens of one address that the ENT is being asked about; beyond: 429.
    package var newTokensPerAddress = 32
    /// Devices of one account; beyond it the stalest goes.
    package var devicesPerAccount = 20
    package var tokenBytesMax = 4096
    package var endpointBytesMax = 1000

    /// Events waiting for their commit; beyond: 503 with Retry-After.
    package var acceptQueueMax = 4096
    /// Seconds a client is told to wait when the gateway cannot promise now.
    package var retryAfterSeconds = 5

    /// Deliveries of a page: 10 bits of a delivery's number are the slot.
    package static let deliveriesPerPage = 500
    /// Persons whose pages are made in one commit.
    package var personsPerExpansion = 2000
    /// Deliveries of one lane decoded ahead of what is in flight.
    package var deliveriesLoadedPerLane = 4000
    /// Attempts before a delivery is dead.
    package var attemptsMax = 8

    /// A tar of a directory delivery; beyond: 413.
    package var importBytesMax = 2 * 1024 * 1024 * 1024
    /// Warnings kept and shown of one import.
    package var importWarningsMax = 1000

    package init() {}
}
