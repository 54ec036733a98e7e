/// The files of a new folder: a configuration that works, its keys, and beside a simulator the scripts that ring a phone of it.
struct NewInstallation {
    struct File {
        /// In the folder.
        var path: String
        var text: String
        var isProgram = false
    }

    /// Where simulator and gateway are to listen, on loopback: four ports from this one on.
    struct Simulated {
        var port: Int
        /// The folder of `carillon` and `carillon-simulator`.
        var programs: String
    }

    static let folders = ["secrets"]
    let files: [File]

    init(simulated: Simulated?) {
        let publisher = GeneratedKey(.publisher)
        var files = [
            File(path: "secrets/storage.key", text: GeneratedKey(.storage).secret + "\n"),
            File(path: "secrets/audit.key", text: GeneratedKey(.audit).secret + "\n"),
            File(path: "secrets/one.key", text: publisher.secret + "\n"),
            File(path: "secrets/one.keys", text: (publisher.hash ?? "") + "\n"),
            File(path: "secrets/vapid.pem", text: GeneratedKey(.vapid).secret + "\n"),
        ]
        if let simulated {
            files += [
                File(path: "carillon.yaml", text: Self.configuration(simulated)),
                File(path: "event.json", text: Self.event),
                File(path: "start", text: Self.start(simulated), isProgram: true),
                File(path: "push", text: Self.push(simulated), isProgram: true),
                File(path: "stop", text: Self.stop, isProgram: true),
            ]
        } else {
            files.append(File(path: "carillon.yaml", text: Self.configuration))
        }
        self.files = files
    }

    private static let head = """
        # Made by carillon init: what differs from the defaults. Config/carillon.yaml shows every key.
        data: data
        storage: { keyFile: secrets/storage.key }
        audit: { keyFile: secrets/audit.key }
        publishers:
          # The ENT shows the key that is in secrets/one.key; the gateway keeps its hash.
          - { name: one, schools: ["*"], rights: [events, directory], keysFile: secrets/one.keys }

        """

    private static let configuration =
        head + """
            listen: { public: "127.0.0.1:8080", admin: admin.sock, metrics: "127.0.0.1:9090" }
            quietHours: {}
            # Whose phone it is, asked of the ENT; and the push services.
            # parents: { userinfoURL: "https://ent.example.org/auth/oauth2/userinfo" }
            # providers:
            #   fcm:  [ { name: app, app: app, serviceAccountFile: secrets/fcm.json } ]
            #   apns: [ { name: app, app: app, topic: org.example.app, teamID: …, keyID: …, keyFile: secrets/apns.p8 } ]
            #   webpush: { name: web, keyFile: secrets/vapid.pem, subject: "mailto:…", baseURL: "https://ent.example.org" }

            """

    private static func configuration(_ simulated: Simulated) -> String {
        let port = simulated.port
        return head + """
            listen: { public: "127.0.0.1:\(port)", admin: admin.sock, metrics: "127.0.0.1:\(port + 1)" }
            # Each push rings, at any hour, also the same words once more.
            quietHours: { enabled: false }
            merge: { windowSeconds: 0 }
            # The simulator plays the ENT and the push services; simulator/ is made by it.
            parents: { userinfoURL: "http://127.0.0.1:\(port + 2)/auth/oauth2/userinfo" }
            providers:
              fcm: [ { name: app, app: app, serviceAccountFile: simulator/fcm.json, endpoint: "https://localhost:\(port + 3)" } ]
            tls: { caFile: simulator/ca.pem }

            """
    }

    /// As entcore writes it; the person is the simulated phone's owner.
    private static let event = """
        {
          "action": "add", "type": "BLOG", "event-type": "PUBLISH-POST",
          "sender": "teacher", "recipientsIds": ["parent"],
          "resource": "post-1", "params": { "resourceUri": "/blog#/view/post-1" },
          "pushNotif": { "title": "Nouveau billet de blog", "body": "Mme Exemple : Le blog des PS" }
        }

        """

    private static func start(_ simulated: Simulated) -> String {
        let port = simulated.port
        return """
            #!/bin/sh
            # Starts simulator and gateway on loopback and registers a phone; returns when a push can go.
            set -eu
            cd "$(dirname "$0")"
            bin='\(simulated.programs.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'
            # until URL answers; a process that has ended is shown.
            wait_for() {
              until curl -fs -o /dev/null "$1"; do
                kill -0 "$(cat "$2.pid")" 2>/dev/null || { cat "$2.log" >&2; ./stop; exit 1; }
                sleep 0.1
              done
            }
            "$bin/carillon-simulator" serve --data simulator --port \(port + 3) --http-port \(port + 2) --log pushes.ndjson >simulator.log 2>&1 &
            echo $! >simulator.pid
            wait_for http://127.0.0.1:\(port + 2)/control/ready simulator
            "$bin/carillon" serve --config carillon.yaml >gateway.log 2>&1 &
            echo $! >gateway.pid
            wait_for http://127.0.0.1:\(port)/readyz gateway
            curl -fsS -o /dev/null -X PUT http://127.0.0.1:\(port)/v1/devices/phone \\
              -H 'Authorization: Bearer ent-parent' -H 'Content-Type: application/json' \\
              -d '{"provider":"fcm","token":"a-simulated-phone","app":"app","platform":"android","environment":"production"}'
            echo "The phone of the person \\"parent\\" is registered. Now: $0" | sed 's/start$/push/'

            """
    }

    private static func push(_ simulated: Simulated) -> String {
        """
        #!/bin/sh
        # Posts an event and shows what the phone got.   usage: push [FILE]   (without one: event.json beside this script)
        set -eu
        here=$(dirname "$0")
        file=${1:-$here/event.json}
        answer=$(curl -sS http://127.0.0.1:\(simulated.port)/v1/events -H "Authorization: Bearer $(cat "$here/secrets/one.key")" \\
          -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s%N)" --data-binary "@$file")
        echo "$answer"
        event=$(printf %s "$answer" | sed -n 's/.*"id":"\\(E-[^"]*\\)".*/\\1/p')
        [ -n "$event" ] || exit 1
        status() {
          curl -fsS "http://127.0.0.1:\(simulated.port)/v1/events/$event" -H "Authorization: Bearer $(cat "$here/secrets/one.key")"
        }
        until status | grep -q '"state":"done"'; do sleep 0.1; done
        # The simulator's file is whole when it has answered.
        curl -fsS -o /dev/null http://127.0.0.1:\(simulated.port + 2)/control/counts
        tail -n 1 "$here/pushes.ndjson"

        """
    }

    private static let stop = """
        #!/bin/sh
        # Ends what start has started.
        cd "$(dirname "$0")" || exit
        for name in gateway simulator; do
          [ -e "$name.pid" ] || continue
          pid=$(cat "$name.pid")
          kill "$pid" 2>/dev/null
          while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
          rm "$name.pid"
        done

        """
}
