import Testing

/// Kills, sick disks, damaged and moved stores, clocks and floods: the fault table of the durability promises, on the built gateway.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(10)))
struct DurabilityTests {
    @Test(arguments: ["random_kills", "crash_points"])
    func `nothing is lost to kill -9`(check: String) async throws {
        try await GatewayTests.run("crash_checks.py", check)
    }

    @Test func `nothing promised is lost to a power cut`() async throws {
        try await GatewayTests.run("power_checks.py", "power_cuts")
    }

    @Test func `a provider that cannot be connected to is its lane's fault`() async throws {
        try await GatewayTests.run("connection_checks.py", "ill_connections")
    }

    @Test(arguments: ["failing_disk", "failing_points", "full_disk_stages", "slow_disk"])
    func `a sick disk costs no promise`(check: String) async throws {
        try await GatewayTests.run("fault_checks.py", check)
    }

    @Test(arguments: [
        "read_only", "one_device_cannot_be_read", "flipped_bytes", "recovered_from_damage", "taken_over",
        "backup_and_restore", "old_schemas",
    ])
    func `the data folder may be damaged, moved, copied or old`(check: String) async throws {
        try await GatewayTests.run("store_checks.py", check)
    }

    @Test(arguments: ["stopped_and_continued", "clock_steps", "clock_is_accepted", "overload", "malformed_input"])
    func `neither time nor floods lose anything`(check: String) async throws {
        try await GatewayTests.run("time_checks.py", check)
    }

    @Test(arguments: ["readers", "long_log"])
    func `who reads never stands in the writer's way`(check: String) async throws {
        try await GatewayTests.run("reader_checks.py", check)
    }
}
