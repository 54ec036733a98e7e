import Domain
import Testing

/// A phone between accounts: every combination of one and two rows that a registration can meet.
struct TakeoverTests {
    static func claim(
        _ id: Int64,
        own: Bool = false,
        installation: Bool = false,
        target: Bool = false,
        proven: Bool = true,
        disabled: Bool = false
    ) -> Takeover.Claim {
        .init(
            device: DeviceID(rawValue: id),
            isOwn: own,
            sharesInstallation: installation,
            sharesTarget: target,
            isProven: proven,
            isDisabled: disabled
        )
    }

    struct Row: CustomTestStringConvertible {
        var name: String
        var claims: [Takeover.Claim]
        var kept: Int64?
        var removed: [Int64]
        var isProven: Bool
        var testDescription: String { name }
    }

    static let table: [Row] = [
        .init(name: "a new phone", claims: [], kept: nil, removed: [], isProven: true),
        .init(
            name: "a sign of life",
            claims: [claim(1, own: true, installation: true, target: true)],
            kept: 1,
            removed: [],
            isProven: true
        ),
        .init(
            name: "its new token",
            claims: [claim(1, own: true, installation: true)],
            kept: 1,
            removed: [],
            isProven: true
        ),
        .init(
            name: "a shared phone, one after the other",
            claims: [claim(1, installation: true, target: true)],
            kept: 1,
            removed: [],
            isProven: true
        ),
        .init(
            name: "another's installation alone",
            claims: [claim(1, installation: true)],
            kept: nil,
            removed: [],
            isProven: false
        ),
        .init(
            name: "another's target in an app installed anew",
            claims: [claim(1, target: true)],
            kept: nil,
            removed: [1],
            isProven: true
        ),
        .init(name: "another's Firebase id alone", claims: [claim(1)], kept: nil, removed: [], isProven: false),
        .init(name: "one's own Firebase id", claims: [claim(1, own: true)], kept: nil, removed: [1], isProven: true),
        .init(
            name: "one's own target, installed anew",
            claims: [claim(1, own: true, target: true)],
            kept: nil,
            removed: [1],
            isProven: true
        ),
        .init(
            name: "a dead row of another",
            claims: [claim(1, disabled: true)],
            kept: nil,
            removed: [1],
            isProven: true
        ),
        .init(
            name: "another newcomer holds nothing",
            claims: [claim(1, proven: false)],
            kept: nil,
            removed: [],
            isProven: true
        ),
        .init(
            name: "the owner is not disturbed by a newcomer",
            claims: [
                claim(1, own: true, installation: true, target: true), claim(2, installation: true, proven: false),
            ],
            kept: 1,
            removed: [],
            isProven: true
        ),
        .init(
            name: "a newcomer stays one while the owner is there",
            claims: [
                claim(1, installation: true), claim(2, own: true, installation: true, target: true, proven: false),
            ],
            kept: 2,
            removed: [],
            isProven: false
        ),
        .init(
            name: "a newcomer whose rival has gone",
            claims: [claim(2, own: true, installation: true, target: true, proven: false)],
            kept: 2,
            removed: [],
            isProven: true
        ),
        .init(
            name: "a newcomer who brings the owner's target after all",
            claims: [
                claim(1, installation: true, target: true), claim(2, own: true, installation: true, proven: false),
            ],
            kept: 2,
            removed: [1],
            isProven: true
        ),
        .init(
            name: "a new token that is another's",
            claims: [claim(1, own: true, installation: true), claim(2, target: true)],
            kept: 1,
            removed: [2],
            isProven: true
        ),
    ]

    @Test(arguments: table)
    func `what becomes of the rows`(row: Row) {
        let takeover = Takeover(row.claims)

        #expect(takeover.kept?.rawValue == row.kept)
        #expect(takeover.removed.map(\.rawValue) == row.removed)
        #expect(takeover.isProven == row.isProven)
    }

    /// Whatever the rows are: nothing that is another's and alive goes without its target, and the kept row stays.
    @Test func `no living row of another goes for a name alone`() {
        let bits = [false, true]
        var claims: [Takeover.Claim] = []
        for own in bits {
            for installation in bits {
                for target in bits {
                    for proven in bits {
                        for disabled in bits {
                            claims.append(
                                Self.claim(
                                    0,
                                    own: own,
                                    installation: installation,
                                    target: target,
                                    proven: proven,
                                    disabled: disabled
                                )
                            )
                        }
                    }
                }
            }
        }
        for var first in claims {
            for var second in claims {
                first.device = DeviceID(rawValue: 1)
                second.device = DeviceID(rawValue: 2)
                let takeover = Takeover([first, second])
                for claim in [first, second] where takeover.removed.contains(claim.device) {
                    #expect(takeover.kept != claim.device)
                    #expect(claim.isOwn || claim.isDisabled || claim.sharesTarget)
                }
                if let kept = [first, second].first(where: { $0.device == takeover.kept }) {
                    #expect(kept.sharesInstallation && (kept.isOwn || kept.sharesTarget))
                }
            }
        }
    }
}
