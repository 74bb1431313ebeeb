import Glibc
import HummingbirdTLS
import Redaction
import YAML

/// What `comfyfleet serve` listens on, and whom it lets in.
package struct ServerSettings: Sendable {
    /// An address, or a name that leads to one. Loopback unless set otherwise.
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var port = 8787
    /// PEM files; both or neither.
    package var certificate: String?
    package var privateKey: String?
    /// The vault's token, which may do everything: `Authorization: Bearer …`.
    package var token: Secret<String>?
    /// Further tokens, each with what it may do. Without this file and the vault's token everybody is let in who can
    /// connect.
    package var tokens = TokenFile()
    /// Inventories of requests that name none.
    package var inventory = ["config/inventory.yml"]
    package var limits = Limits()

    /// Without an inventory of its own a server still installs on hosts that are named to it.
    var existingInventory: [String] {
        inventory == ["config/inventory.yml"] && !FileSystem.exists(inventory[0]) ? [] : inventory
    }

    /// Bounds of what a client may take; chosen, not measured.
    package struct Limits: Sendable {
        /// Of a request's body, in bytes.
        package var body = 1 << 20
        /// Of all headers of a request, in bytes.
        package var headers = 32 << 10
        /// At once; more wait until one is closed.
        package var connections = 256
        /// How long a connection may say nothing while its request is not complete, or between two.
        package var idle = Duration.seconds(30)
        /// For a body to come whole.
        package var bodyTime = Duration.seconds(20)
        /// For commands that only look (a plan, the resolve report).
        package var look = Duration.seconds(120)
        package init() {}
    }

    package init() {}

    /// Refuses what would let strangers in: listening beyond loopback takes a token and TLS, and a token must be long
    /// enough not to be guessed.
    ///
    /// - Throws: `Diagnostics` with all that is wrong.
    package func check() throws(Diagnostics) {
        var problems: [Diagnostic] = []
        if !(0...65535).contains(port) {
            problems.append(Diagnostic("--port takes a number from 0 to 65535, not \(port)", at: nil))
        }
        if (certificate == nil) != (privateKey == nil) {
            problems.append(
                Diagnostic(
                    "TLS takes a certificate and its key", at: nil, remedy: "give both --tls-certificate and --tls-key")
            )
        }
        if !isLoopback {
            if token == nil, !tokens.exists {
                problems.append(
                    Diagnostic(
                        "without a token the server listens on loopback only, not on \(host)", at: nil,
                        remedy: "make one with: comfyfleet token create NAME"))
            }
            if certificate == nil {
                problems.append(
                    Diagnostic(
                        "without TLS the server listens on loopback only, not on \(host)", at: nil,
                        remedy: "give --tls-certificate and --tls-key, or put a TLS proxy on this machine before it"))
            }
        }
        if let token, token.reveal().utf8.count < Self.shortestToken {
            problems.append(
                Diagnostic(
                    "the token is shorter than \(Self.shortestToken) characters", at: nil,
                    remedy: "make one with: comfyfleet serve --make-token"))
        }
        if problems.isEmpty, let certificate, let privateKey {
            do { _ = try Self.tls(certificate, privateKey) } catch { problems += error.all }
        }
        if !problems.isEmpty { throw Diagnostics(problems) }
    }

    static let shortestToken = 20

    /// Whether nobody but this machine's users can connect.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" { return true }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    func tls() throws(Diagnostics) -> TLSConfiguration? {
        guard let certificate, let privateKey else { return nil }
        return try Self.tls(certificate, privateKey)
    }

    private static func tls(_ certificate: String, _ privateKey: String) throws(Diagnostics) -> TLSConfiguration {
        var status = stat()
        if stat(privateKey, &status) == 0, status.st_mode & 0o007 != 0 {
            throw Diagnostics([
                Diagnostic("\(privateKey): everybody can read the key", at: nil, remedy: "chmod 600 \(privateKey)")
            ])
        }
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMFile(certificate) } catch {
            throw Diagnostics([
                Diagnostic("\(certificate): this is no PEM file of certificates that can be read", at: nil)
            ])
        }
        do { key = try NIOSSLPrivateKey(file: privateKey, format: .pem) } catch {
            throw Diagnostics([
                Diagnostic("\(privateKey): this is no PEM file of an unencrypted key that can be read", at: nil)
            ])
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
