// swift-format-ignore-file: NeverForceUnwrap

import API
import Contract
import Domain
import FoundationEssentials
import Hummingbird
import Pipeline
import Store
import Testing

struct OpenAPITests {
    private let document: JSONValue

    init() throws { document = try JSONParser.parse(OpenAPI.bytes) }

    @Test func `the document and the routers name the same routes`() async throws {
        try await Gateway.run { gateway, _ async throws in
            for (listener, router) in [
                ("public", publicRouter(gateway.services)), ("metrics", metricsRouter(gateway.services)),
                ("admin", adminRouter(gateway.services)),
            ] {
                let served = Set(
                    router.routes.map { "\($0.method.rawValue.lowercased()) \($0.path)" }.filter {
                        !$0.hasPrefix("head ")
                    }
                )
                var described: Set<String> = []
                for path in document["paths"]!.object!.members {
                    for operation in path.value.object!.members
                    where operation.value["x-listeners"]!.array!.contains(.string(listener)) {
                        described.insert("\(operation.name) \(path.name)")
                    }
                }
                #expect(served == described, "\(listener)")
            }
        }
    }

    @Test func `every operation has a name and a known tag, and every server and tag is described`() throws {
        let known = Set(try #require(document["tags"]?.array).compactMap { $0["name"]?.string })
        var names: Set<String> = []
        var used: Set<String> = []
        for path in document["paths"]!.object!.members {
            for operation in path.value.object!.members {
                let name = try #require(operation.value["operationId"]?.string, "\(operation.name) \(path.name)")
                #expect(names.insert(name).inserted, "\(name)")
                let tags = operation.value["tags"]?.array?.compactMap(\.string) ?? []
                #expect(tags.count == 1 && known.isSuperset(of: tags), "\(name)")
                used.formUnion(tags)
            }
        }
        #expect(used == known && document["servers"]?.array?.isEmpty == false)
    }

    @Test func `the examples of events are accepted, each by its own dialect`() async throws {
        try await Gateway.run { gateway, api async throws in
            try await gateway.importSample()
            for (schema, type) in [
                ("TimelineMessage", "application/json"), ("BrokerMessage", "application/json"),
                ("CloudEvent", "application/cloudevents+json"),
            ] {
                let examples = try #require(document["components"]?["schemas"]?[schema]?["examples"]?.array)
                for example in examples {
                    let answer = try await api.publish(JSONWriter.bytes(example), type: type)
                    #expect(answer.status == 202, "\(schema): \(answer.code ?? "")")
                }
            }
        }
    }

    @Test func `the document lists every problem code`() throws {
        let listed = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]?["enum"]?.array
        #expect(listed?.compactMap(\.string) == ProblemCode.allCases.map(\.rawValue))
    }

    @Test func `every reference of the document leads somewhere, and every component is used`() throws {
        var used: Set<String> = []
        func check(_ value: JSONValue) {
            if let target = value["$ref"]?.string {
                let found = target.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
                #expect(found != nil, "\(target)")
                used.insert(target)
            }
            value.object?.members.forEach { check($0.value) }
            value.array?.forEach(check)
        }
        check(document)
        for kind in document["components"]!.object!.members where kind.name != "securitySchemes" {
            for component in kind.value.object!.members {
                #expect(used.contains("#/components/\(kind.name)/\(component.name)"), "\(component.name)")
            }
        }
    }

    @Test func `the document has the members of every view, and their types`() throws {
        let requests: Set = [
            "Order", "BulkOrder", "ResealOrder", "RestoreOrder", "RestrictionOrder", "WithdrawalOrder",
        ]
        var seen: Set<String> = []
        func check<View: WireView>(_ name: String, _: View.Type) {
            seen.insert(name)
            guard let schema = document["components"]?["schemas"]?[name] else {
                Issue.record("\(name) is not in the document")
                return
            }
            let properties = schema["properties"]?.object ?? JSONObject()
            #expect(properties.map(\.name).sorted() == View.members.map(\.name).sorted(), "\(name)")
            for member in View.members {
                guard let property = properties[member.name], !member.type.name.isEmpty else { continue }
                let types = Self.types(property)
                #expect(types.contains(member.type.name), "\(name).\(member.name)")
                #expect(!types.contains("null") || member.type.isNullable, "\(name).\(member.name)")
            }
            let always = Set(View.members.filter { !$0.mayBeAbsent }.map(\.name))
            let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
            #expect(
                requests.contains(name) || name == "Problem" || name == "FieldError" || required.isSubset(of: always)
            )
        }
        check("Problem", ProblemView.self)
        check("FieldError", FieldErrorView.self)
        check("ProblemType", ProblemTypeView.self)
        check("ProblemTypeList", ItemsView<ProblemTypeView>.self)
        check("Receipt", ReceiptView.self)
        check("ReceiptWarning", ReceiptWarningView.self)
        check("BatchResult", BatchResultView.self)
        check("BatchResults", BatchView.self)
        check("EventStatus", EventView.self)
        check("StandingCounts", StandingCounts.self)
        check("PupilCounts", PupilCounts.self)
        check("DeliveryCounts", DeliveryCounts.self)
        check("Withdrawal", WithdrawalView.self)
        check("Resend", ResendView.self)
        check("ResendOrder", ResendOrderView.self)
        check("WithdrawalOrder", WithdrawalOrderView.self)
        check("Forecast", ForecastView.self)
        check("ReachableCounts", ReachableCounts.self)
        check("ReachablePupils", ReachablePupils.self)
        check("ForecastDeliveries", ForecastDeliveries.self)
        check("Reach", ReachView.self)
        check("ReachRow", ReachRowView.self)
        check("ReachDevice", ReachDeviceView.self)
        check("Device", DeviceView.self)
        check("DeviceList", ItemsView<DeviceView>.self)
        check("Registered", RegisteredView.self)
        check("TestOutcome", TestOutcomeView.self)
        check("Revoked", RevokedView.self)
        check("WebPushKey", SubscriptionKeyView.self)
        check("Preferences", PreferencesView.self)
        check("UnknownPreferences", UnknownPreferencesView.self)
        check("TimelinePreference", TimelinePreferenceView.self)
        check("Import", ImportView.self)
        check("ImportWarning", ImportWarningView.self)
        check("ImportHold", ImportHoldView.self)
        check("SchoolSwitched", SchoolSwitchedView.self)
        check("Lane", LaneView.self)
        check("LaneList", ListView<LaneView>.self)
        check("Erased", ErasedView.self)
        check("Restricted", RestrictedView.self)
        check("RestrictionOrder", RestrictionOrderView.self)
        check("Publisher", PublisherView.self)
        check("PublisherKey", PublisherKeyView.self)
        check("PublisherList", ListView<PublisherView>.self)
        check("EventRow", EventRowView.self)
        check("EventList", ListView<EventRowView>.self)
        check("RemovalsDecided", RemovalsDecidedView.self)
        check("Order", OrderView.self)
        check("BulkOrder", BulkOrderView.self)
        check("ResealOrder", ResealOrderView.self)
        check("Resealed", ResealedView.self)
        check("RestoreOrder", RestoreOrderView.self)
        check("Restored", RestoredView.self)
        check("OrderReport", OrderReportView.self)
        check("EventCount", EventCount.self)
        check("Operation", OperationView.self)
        check("OperationList", ListView<OperationView>.self)
        check("Look", LookView.self)
        check("LookList", ListView<LookView>.self)
        check("PersonalLook", PersonalLookView.self)
        check("PersonRecord", PersonalRecordView.self)
        check("Status", StatusView.self)
        check("Health", HealthView.self)
        check("Unreadable", UnreadableView.self)
        check("Disk", DiskView.self)
        check("ImportProgress", ImportProgressView.self)
        check("Clock", ClockView.self)
        check("HeldBack", HeldBackView.self)
        check("Ready", ReadyView.self)
        check("Version", VersionView.self)
        // What publishers and phones send is read by Dialects and the registration's own parser; RemovalsOrder is an Order.
        let unseen = Set(document["components"]!["schemas"]!.object!.map(\.name)).subtracting(seen)
        #expect(
            unseen == [
                "AudienceMember", "BrokerMessage", "CloudEvent", "Identifier", "Link", "Milliseconds",
                "NotificationName", "Pause", "Publication", "PublicationDate", "Registration",
                "RemovalsOrder",
                "ResourceID", "RoutingWord", "ShownName", "TimelineMessage", "UserID",
            ]
        )
    }

    @Test func `the report of an import, which the registry keeps, is its view`() async throws {
        try await Gateway.run { gateway, _ async throws in
            let report = try await gateway.services.importer.run(
                .init(
                    paths: [sample("aaf1d/complet-2026-09-01").path],
                    format: .aaf1d,
                    mode: .complete,
                    isDryRun: true,
                    isYearChange: false
                )
            )
            #expect(ImportView(wire: report.json)?.wire == report.json)
        }
    }

    /// `string`, `null` and so on, through references and choices.
    private static func types(_ property: JSONValue) -> Set<String> {
        if property["$ref"] != nil { return ["object"] }
        if let choices = property["oneOf"]?.array { return choices.reduce(into: []) { $0.formUnion(types($1)) } }
        if let name = property["type"]?.string { return [name] }
        return Set(property["type"]?.array?.compactMap(\.string) ?? [])
    }
}
