import Telemetry
import Testing

struct MetricRegistryTests {
    let registry = MetricRegistry(prefix: "carillon_")

    @Test func `a registry writes the text format, sorted, with the prefix`() {
        let deliveries = registry.counter("deliveries_total", help: "Deliveries ended.", labels: ["lane", "outcome"])
        registry.gauge("devices", help: "Devices.").with().set(3)
        deliveries.with("fcm", "accepted").add(41)
        deliveries.with("apns", "rejected").add()
        #expect(
            registry.render() == """
                # HELP carillon_deliveries_total Deliveries ended.
                # TYPE carillon_deliveries_total counter
                carillon_deliveries_total{lane="apns",outcome="rejected"} 1
                carillon_deliveries_total{lane="fcm",outcome="accepted"} 41
                # HELP carillon_devices Devices.
                # TYPE carillon_devices gauge
                carillon_devices 3

                """
        )
    }

    @Test func `what is shown anew replaces what was there`() {
        let devices = registry.gauge("devices", help: "Devices.", labels: ["provider"], labelSetsMax: 3)
        devices.show([Sample(["apns"], 3), Sample(["fcm"], 4)])
        devices.show([Sample(["fcm"], 5)])
        #expect(registry.render().hasSuffix("gauge\ncarillon_devices{provider=\"fcm\"} 5\n"))
        devices.show(["a", "b", "c", "d", "e"].map { Sample([$0], 1) })
        let lines = registry.render().split(separator: "\n").dropFirst(2)
        #expect(lines.count == 4 && lines.contains("carillon_devices{provider=\"other\"} 2"), "\(lines)")
        devices.show([])
        #expect(registry.render().hasSuffix("gauge\n"))
    }

    @Test func `what every process has is named as everywhere`() {
        registry.counter("process_cpu_seconds_total", help: "CPU.") { [Sample([], 1.5)] }
        #expect(
            registry.render() == """
                # HELP process_cpu_seconds_total CPU.
                # TYPE process_cpu_seconds_total counter
                process_cpu_seconds_total 1.5

                """
        )
    }

    @Test func `a histogram counts a value into every bucket at or above it`() {
        let seconds = registry.histogram("commit_seconds", help: "Commits.", buckets: [0.25, 1], labels: ["kind"]).with(
            "full"
        )
        seconds.observe(0.25)
        seconds.observe(.milliseconds(500))
        seconds.observe(9)
        #expect(
            registry.render() == """
                # HELP carillon_commit_seconds Commits.
                # TYPE carillon_commit_seconds histogram
                carillon_commit_seconds_bucket{kind="full",le="0.25"} 1
                carillon_commit_seconds_bucket{kind="full",le="1"} 2
                carillon_commit_seconds_bucket{kind="full",le="+Inf"} 3
                carillon_commit_seconds_sum{kind="full"} 9.75
                carillon_commit_seconds_count{kind="full"} 3

                """
        )
    }

    @Test func `label values and help texts are escaped`() {
        registry.counter("odd_total", help: "A \"b\" \\ c\nd", labels: ["v"]).with("a\"b\\c\nd").add()
        let lines = registry.render().split(separator: "\n")
        #expect(lines[0] == #"# HELP carillon_odd_total A "b" \\ c\nd"#)
        #expect(lines[2] == #"carillon_odd_total{v="a\"b\\c\nd"} 1"#)
    }

    @Test func `label sets above the limit share the value other`() {
        let reasons = registry.counter("reasons_total", help: "Reasons.", labels: ["lane", "reason"], labelSetsMax: 2)
        for reason in 1...5 { reasons.with("fcm", "r\(reason)").add() }
        reasons.with("fcm", "r2").add()
        let samples = registry.render().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                #"carillon_reasons_total{lane="fcm",reason="r1"} 1"#,
                #"carillon_reasons_total{lane="fcm",reason="r2"} 2"#,
                #"carillon_reasons_total{lane="other",reason="other"} 3"#,
            ]
        )
    }

    @Test func `a computed gauge is read at each scrape and bounded`() {
        let source = registry.gauge("source", help: "Source.").with()
        registry.gauge("computed", help: "Computed.", labels: ["n"], labelSetsMax: 2) {
            (1...4).map { Sample(["\($0)"], source.value) }
        }
        source.set(2)
        let first = registry.render().split(separator: "\n").filter { $0.hasPrefix("carillon_computed") }
        #expect(first == [#"carillon_computed{n="1"} 2"#, #"carillon_computed{n="other"} 6"#])
        source.add(-1)
        #expect(registry.render().contains(#"carillon_computed{n="1"} 1"#))
    }

    @Test func `the same metric made twice is one`() {
        registry.counter("a_total", help: "A.").with().add()
        registry.counter("a_total", help: "A.").with().add()
        #expect(registry.counter("a_total", help: "A.").with().value == 2)
    }

    @Test(arguments: [(0.1, "0.1"), (-2, "-2"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300")])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        registry.gauge("number", help: "N.").with().set(value)
        #expect(registry.render().hasSuffix("carillon_number \(text)\n"))
    }

    @Test func `counts of several tasks are all counted`() async {
        let count = registry.counter("many_total", help: "M.").with()
        let seconds = registry.histogram("many_seconds", help: "M.", buckets: [1]).with()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<5000 {
                        count.add()
                        seconds.observe(0.5)
                    }
                }
            }
        }
        #expect(count.value == 20_000)
        #expect(registry.render().contains("carillon_many_seconds_sum 10000\n"))
    }

    @Test func `a counter without _total is a mistake of the code`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricRegistry(prefix: "x_").counter("deliveries", help: "D.")
        }
    }
}
