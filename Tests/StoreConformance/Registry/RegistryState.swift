import Domain
import Store

/// The registry as plain dictionaries: what its readers have to answer, said once more in the plainest way.
struct RegistryState {
    /// Who somebody is: the record of a feed, or an account that no record has.
    enum Person: Hashable {
        case record(feed: String, key: String)
        case account(String)
    }

    struct Account {
        /// Accounts in the order in which they were made.
        var number: Int
        /// The record that the ENT said it is.
        var record: Person?
        var locale: String?
    }

    /// In the order of their numbers.
    static let feedNames = [ImportOrigin.mainFeed, "lyon"]

    var feeds: [String: FeedState] = [:]
    var accounts: [String: Account] = [:]
    var accountsMade = 0
    var restricted: [Person: Instant] = [:]
    var wishes: [String: (stored: StoredWishes, changedAt: Instant)] = [:]
    var phones = PhoneState()
    /// Schools that were switched, by UAI.
    var switched: [String: Bool] = [:]

    func person(of user: String) -> Person? { accounts[user].map { $0.record ?? .account(user) } }

    /// The oldest first.
    func accounts(of person: Person) -> [String] {
        accounts.keys.filter { self.person(of: $0) == person }.sorted {
            (accounts[$0]?.number ?? 0) < (accounts[$1]?.number ?? 0)
        }
    }

    func kind(of person: Person) -> PersonKind {
        guard case .record(let feed, let key) = person, let feed = feeds[feed] else { return .unknown }
        return feed.pupils[key] == nil ? feed.adults[key]?.kind ?? .unknown : .pupil
    }

    /// What has this name: an account, else the records with the key, of which one without contents and accounts is nobody.
    func named(_ name: String) -> [Person] {
        if let person = person(of: name) { return [person] }
        return Self.feedNames.map { .record(feed: $0, key: name) }.filter {
            kind(of: $0) != .unknown || !accounts(of: $0).isEmpty
        }
    }

    /// Whom a name can find.
    func everybody(_ names: [String]) -> Set<Person> { Set(names.flatMap(named)) }

    func firstName(of person: Person) -> String {
        guard case .record(let feed, let key) = person, let feed = feeds[feed] else { return "" }
        return feed.pupils[key]?.firstName ?? feed.adults[key]?.firstName ?? ""
    }

    /// By any of the accounts, the last word first.
    func wishes(of person: Person) -> Wishes? {
        accounts(of: person).compactMap { wishes[$0] }.max { $0.changedAt < $1.changedAt }?.stored.wishes
    }

    // MARK: What changes it

    mutating func meet(_ user: String) {
        guard accounts[user] == nil else { return }
        accountsMade += 1
        accounts[user] = Account(number: accountsMade)
    }

    /// The ENT says whose account it is. Whoever's data is restricted, it stays so.
    mutating func tie(_ user: String, to record: Person, locale: String?) {
        let before = person(of: user)
        meet(user)
        accounts[user]?.record = record
        if let locale { accounts[user]?.locale = locale }
        inherit(record, from: before)
    }

    mutating func part(_ user: String) {
        guard let record = accounts[user]?.record else { return }
        accounts[user]?.record = nil
        inherit(.account(user), from: record)
    }

    private mutating func inherit(_ person: Person, from before: Person?) {
        guard let before, let at = restricted[before] else { return }
        if restricted[person] == nil { restricted[person] = at }
        if case .account = before { restricted[before] = nil }
    }

    /// - Returns: what is forgotten, and the devices.
    mutating func erase(_ person: Person) -> (accounts: Int, links: Int, devices: Set<DeviceID>) {
        let users = accounts(of: person)
        let devices = phones.forget(users)
        for user in users {
            wishes[user] = nil
            accounts[user] = nil
        }
        restricted[person] = nil
        guard case .record(let feed, let key) = person else { return (users.count, 0, devices) }
        return (users.count, feeds[feed]?.erase(key) ?? 0, devices)
    }
}
