import Testing

@testable import API

/// Who may do what on the admin socket, and under which name.
struct AdminAccessTests {
    private static let owner: UInt32 = 997
    private static let groups = AdminGroups(orders: 10, reading: 11)

    @Test(
        arguments: [
            (.inside, .owner), (.gone, .nothing),
            (.peer(Peer(uid: 0, gid: 0)), .owner), (.peer(Peer(uid: owner, gid: 5)), .owner),
            (.peer(Peer(uid: 1001, gid: 1001, groups: [10])), .orders),
            (.peer(Peer(uid: 1001, gid: 10)), .orders),
            (.peer(Peer(uid: 1001, gid: 11, groups: [10])), .orders),
            (.peer(Peer(uid: 1002, gid: 1002, groups: [4, 11])), .reading),
            (.peer(Peer(uid: 1003, gid: 1003, groups: [4, 27])), .nothing),
            // Of root's group, and not root.
            (.peer(Peer(uid: 1003, gid: 0, groups: [0])), .nothing),
        ] as [(Caller, AdminAccess)]
    )
    func `an account may what it is, or what its groups may`(caller: Caller, access: AdminAccess) {
        #expect(AdminAccess.of(caller, owner: Self.owner, groups: Self.groups) == access)
    }

    @Test func `without groups on the machine nobody else may anything`() {
        let member = Caller.peer(Peer(uid: 1001, gid: 10, groups: [0, 10, 11]))
        #expect(AdminAccess.of(member, owner: Self.owner, groups: AdminGroups()) == .nothing)
        #expect(AdminAccess.nothing < .reading && AdminAccess.reading < .orders && AdminAccess.orders < .owner)
    }

    @Test(
        arguments: [
            (.peer(Peer(uid: 0, gid: 0)), .owner, "", "root (uid 0)"),
            (.peer(Peer(uid: 0, gid: 0)), .owner, "root", "root (uid 0)"),
            (.peer(Peer(uid: 0, gid: 0)), .owner, "uid 0", "root (uid 0)"),
            (.peer(Peer(uid: 0, gid: 0)), .owner, "lea", "root (uid 0) for lea"),
            // An account that has no name on this machine.
            (.peer(Peer(uid: 4_000_000_001, gid: 1)), .orders, "root", "uid 4000000001"),
            (.peer(Peer(uid: 4_000_000_001, gid: 1)), .owner, "lea", "uid 4000000001 for lea"),
            (.peer(Peer(uid: 4_000_000_001, gid: 1)), .owner, "uid 4000000001", "uid 4000000001"),
            (.inside, .owner, "lea", "lea"), (.inside, .owner, "", "unknown"), (.gone, .nothing, "lea", "unknown"),
        ] as [(Caller, AdminAccess, String, String)]
    )
    func `the log has the account, and another's name only behind one that could do it anyway`(
        caller: Caller,
        access: AdminAccess,
        claim: String,
        actor: String
    ) {
        #expect(caller.actor(claim: claim, access: access) == actor)
    }

    @Test func `a claim has an end`() {
        let long = String(repeating: "x", count: 5000)
        #expect(Caller.inside.actor(claim: long, access: .owner).count == 200)
    }

    /// As `setfacl -m u::rw,g::-,g:10:rw,g:11:rw,o::-` stores it.
    @Test func `an access list has the kernel's form`() {
        let nobody: [UInt8] = [255, 255, 255, 255]
        #expect(
            AccessList(groups: [10, 11]).bytes
                == [2, 0, 0, 0] + [1, 0, 6, 0] + nobody + [4, 0, 0, 0] + nobody + [8, 0, 6, 0, 10, 0, 0, 0]
                + [8, 0, 6, 0, 11, 0, 0, 0] + [16, 0, 6, 0] + nobody + [32, 0, 0, 0] + nobody
        )
        #expect(AccessList(groups: [10]).apply(to: "/nowhere/at/all") != nil)
    }
}
