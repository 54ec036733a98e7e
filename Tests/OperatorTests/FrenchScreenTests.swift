import Domain
import Providers
import Store
import Testing

@testable import Operator

/// What a person with a French locale reads, and what a program goes on reading.
@Suite(.timeLimit(.minutes(1)))
struct FrenchScreenTests {
    private static let french = ["LC_ALL": "fr_FR.UTF-8", "NO_COLOR": "1"]
    let fixture: OperatorFixture

    /// Beside the fixture's event a lane that an operator stopped.
    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        let since = OperatorFixture.now + .seconds(-300)
        try await fixture.queue { queue in
            let lane = try await queue.lane(named: "apns/onepocket", provider: .apns, now: since).id
            try await queue.setMode(.paused, of: lane, actor: "lea", why: "clé", now: since)
        }
    }

    private func run(_ arguments: String..., columns: Int? = nil) async -> Ran {
        await fixture.run(arguments, columns: columns, environment: Self.french)
    }

    @Test func `queue why`() async {
        let ran = await run("queue", "why", "D-101")
        #expect(
            ran.output == """
                D-101 · 2026-09-21T14:13:20Z · base
                L’unique tentative a échoué\u{A0}: 503 UNAVAILABLE.
                Nouvelle tentative dans 90\u{A0}s (2026-09-21T14:14:50Z).
                Le canal fcm/onepocket est actif, 0 remise attend son tour. Le service ne répond pas\u{A0}: rien ne bouge tant qu’il ne tourne pas.
                Elle expire dans 60\u{A0}min (2026-09-21T15:13:20Z).

                """
        )
    }

    @Test func `queue why of an event`() async {
        let ran = await run("queue", "why", fixture.event.description)
        #expect(
            ran.output.contains(
                "Sur 3 remises, 1 acceptée, 0 pas encore tentée, 1 en attente d’une nouvelle tentative, 0 refusée, 0 expirée\u{202F}; 1 personne ne reçoit rien."
            ),
            "\(ran)"
        )
    }

    @Test func `queue status`() async {
        let lines = await run("queue", "status", columns: 118).output.split(separator: "\n").filter {
            !$0.hasPrefix("base ")
        }
        #expect(
            lines.joined(separator: "\n") == """
                carillon · 2026-09-21T14:13:20Z · base
                service     ne répond pas sur sa socket d’administration\u{A0}: ce qui est en cours n’est pas connu
                en attente  pending (en attente) 0   deferred (reportées) 1   dead (lettres mortes) 0   rien en attente
                événements  scheduled 0   accepted 0   expanding 0   sending 1   doneToday 0   held 0
                CANAL           ÉTAT    DEPUIS  FENÊTRE  EN COURS  EN ATTENTE  REPORTÉES  MORTES  PLUS ANCIENNE  JUSQU’À  RAISON
                apns/onepocket  paused  5\u{A0}min         -         -           0          0       0              -  -        par lea: clé
                fcm/onepocket   active  0\u{A0}s           -         -           0          1       0              -  -        -
                ! le service ne répond pas\u{A0}: rien ne bouge tant qu’il ne tourne pas\u{202F}; à essayer\u{A0}: carillon doctor
                ! apns/onepocket\u{A0}: arrêté par un exploitant depuis 5\u{A0}min\u{202F}; à essayer\u{A0}: carillon lane resume apns/onepocket
                """
        )
    }

    @Test func `tables keep their columns`() async {
        for arguments in [["lane", "list"], ["queue", "list"], ["event", "show", fixture.event.description]] {
            let ran = await fixture.run(arguments, columns: 60, environment: Self.french)
            #expect(ran.code == 0, "\(ran)")
            #expect(ran.output.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= 60 }, "\(ran)")
        }
    }

    @Test func `check speaks French behind the word a monitoring system reads`() async {
        let backlog = await run("check", "backlog")
        #expect(backlog.code == 0)
        #expect(
            backlog.output.hasPrefix(
                "OK la plus ancienne 0\u{A0}s, pending (en attente) 0, deferred (reportées) 1 (base) | oldest=0s;300;1800 "
            ),
            "\(backlog)"
        )
        let lanes = await run("check", "lanes")
        #expect(lanes.code == 1)
        #expect(
            lanes.output.hasPrefix(
                "WARNING apns/onepocket paused (suspendu) depuis 5\u{A0}min (par lea: clé)\u{202F}; 1 canal actif sur 2 (base)"
            ),
            "\(lanes)"
        )
    }

    @Test func `doctor says what to do in French`() async {
        let ran = await run("doctor", "--no-network")
        #expect(ran.output.contains("ok    config"), "\(ran)")
        #expect(ran.output.contains("toutes les valeurs sont justes, tous les secrets lisibles"), "\(ran)")
        #expect(ran.output.contains("personne ne tient le verrou du dossier de données\u{A0}: aucun service ne tourne"))
        #expect(ran.output.contains("à essayer\u{A0}: carillon serve"))
        #expect(ran.output.contains("points examinés\u{A0}: "))
    }

    @Test func `an order is answered in French, its hint can be run as it stands`() async throws {
        let planned = await run("queue", "retry", "--event", fixture.event.description, "--dry-run", "--offline")
        #expect(planned.code == 0, "\(planned)")
        #expect(planned.output.contains("\u{A0}: 1 trouvée, 1 concernée") || planned.output.contains("trouvées"))
        let mark = "pour le faire\u{A0}: carillon "
        let hint = try #require(planned.output.firstRange(of: mark), "\(planned)")
        let words = planned.output[hint.upperBound...].prefix { $0 != "\n" }.split(separator: " ").map(String.init)
        let done = await fixture.run(words, environment: Self.french)
        #expect(done.code == 0, "\(done)")
        #expect(done.output.contains(" done\u{A0}: 1 modifiée"), "\(done)")
        let held = await run("queue", "hold", "--event", fixture.event.description)
        #expect(held.code == 2)
        #expect(held.talk == "carillon: --why est nécessaire pour retenir\u{A0}: il va dans le journal des ordres\n")
    }

    @Test func `an error is French, its command is not`() async {
        let unknown = await run("queue", "show", "D-999")
        #expect(unknown.code == 3)
        #expect(
            unknown.talk == "carillon: il n’y a pas de remise D-999\n  à essayer\u{A0}: carillon queue list\n"
        )
        let nothing = await run("queue", "retry", "--user", "nobody", "--offline")
        #expect(nothing.code == 3)
        #expect(nothing.talk.hasPrefix("carillon: rien trouvé\u{A0}: user nobody\n  cause\u{A0}: Rien"), "\(nothing)")
        let word = await run("queue", "staus")
        #expect(
            word.talk == "carillon: la commande queue staus n’existe pas\n  à essayer\u{A0}: carillon queue status\n"
        )
    }

    @Test func `a wrong usage is framed in French`() async {
        let ran = await run("queue", "shape", "--buckets", "99")
        #expect(ran.code == 2)
        #expect(
            ran.talk == """
                Erreur\u{A0}: --buckets va de 1 à 20.
                Usage\u{A0}: carillon queue shape <options>
                  Voir «\u{A0}carillon queue shape --help\u{A0}».

                """
        )
    }

    @Test(arguments: ["json", "csv"])
    func `a program reads English, on both streams`(format: String) async {
        for arguments in [
            ["queue", "why", "D-101"], ["check", "backlog"], ["check", "lanes"], ["lane", "list"],
            ["lane", "show", "apns/onepocket"], ["queue", "show", "D-9"], ["queue", "list", "--lane", "x"],
            ["retry-rules", "test", "--provider", "fcm", "--http", "503"],
            ["event", "show", fixture.event.description],
        ] {
            let plain = await fixture.run(arguments + ["-o", format])
            let french = await fixture.run(arguments + ["-o", format], environment: Self.french)
            #expect((plain.code, plain.output, plain.talk) == (french.code, french.output, french.talk))
        }
    }

    @Test(arguments: ["C", "POSIX", "fr_FR.ISO-8859-1", "C.UTF-8"])
    func `another locale reads English`(locale: String) async {
        let environment = ["LC_ALL": locale, "LANG": "fr_FR.UTF-8"]
        let ran = await fixture.run(["queue", "why", "D-101"], environment: environment)
        #expect(ran.output.contains("It is tried again in 90 s"), "\(ran)")
    }
}
