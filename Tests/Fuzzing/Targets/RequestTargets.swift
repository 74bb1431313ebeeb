import Dispatch
import HTTPTypes
import Hummingbird
import NIOCore

@testable import Server

extension FuzzTarget {
    /// Bodies that clients send.
    static let requests: [FuzzTarget] = [
        FuzzTarget(
            "body",
            samples: [
                "{\"playbook\": \"playbooks/x.yml\", \"inventory\": \"config/inventory.yml\", \"limit\": \"web\", \"extra_vars\": {\"a\": 1}, \"forks\": 5, \"check\": true, \"tags\": [\"a\"]}",
                "{\"host\": \"gpu1\", \"modules\": [\"comfyui\"], \"dry_run\": true, \"wait\": false, \"extra_vars\": {}, \"ssh\": {\"user\": \"x\", \"port\": 22, \"passphrase\": \"y\", \"become_method\": \"sudo\"}, \"secrets\": {\"provider\": \"p\", \"key\": \"k\"}}",
            ],
            words: [
                "{", "}", "[", "]", "\"", ":", ",", "\"playbook\": ", "\"ssh\": {", "\"port\": ", "\"forks\": ",
                "\"extra_vars\": {", "\"modules\": [", "null", "{{", "\\u0000", "../",
            ]
        ) { bytes in
            waiting {
                let request = Request(
                    head: HTTPRequest(
                        method: .post, scheme: nil, authority: nil, path: "/",
                        headerFields: [.contentType: "application/json"]),
                    body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
                _ = try? await RunRequest(request, settings: ServerSettings())
            }
            waiting {
                let request = Request(
                    head: HTTPRequest(
                        method: .post, scheme: nil, authority: nil, path: "/",
                        headerFields: [.contentType: "application/json"]),
                    body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
                _ = try? await InstallRequest(request, limits: ServerSettings().limits)
            }
        }
    ]

    private static func waiting(_ body: @escaping @Sendable () async -> Void) {
        let ended = DispatchSemaphore(value: 0)
        Task {
            await body()
            ended.signal()
        }
        ended.wait()
    }
}
