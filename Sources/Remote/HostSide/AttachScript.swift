/// The part of a session that stands at a channel's end, as shell text (`attach.sh`, and `find.sh` for who comes back).
struct AttachScript {
    enum Mode: Equatable {
        /// Makes the spool and starts the keeper; where that was done already, by an attempt whose link was lost, it is
        /// used.
        case new
        /// Goes on reading where the controller is, of each stream.
        case again(SpoolPosition, SpoolPosition)
        /// Reads all that is still there.
        case whole
    }
    var record: SessionRecord
    var mode: Mode
    /// Names the attachment; another one each time.
    var name: String
    /// Names the process that drives the session: two never do at once.
    var owner: String
    var shell: String
    var prelude: String
    var keeper: KeeperScript
    var lock: HostLock?

    /// Bytes that one `dd` takes from the channel. Chosen: starting one costs the host as much as copying a MiB, and on
    /// a link of 1 Mbit/s one takes less time than the lease.
    static let inputChunk = 2 << 20

    /// What is sent on the channel. The functions go there once, and stay in the spool: who comes back says little, so
    /// a link that breaks often is enough.
    var text: String {
        let places: (String, String) =
            if case .again(let one, let two) = mode {
                ("\(one.segment) \(one.offset + 1)", "\(two.segment) \(two.offset + 1)")
            } else { ("", "") }
        let parameters = HostScript.assignments([
            "_marker": record.marker, "_word": record.proof.ofCommands, "_session": record.spool, "_attachment": name,
            "_owner": owner, "_from1": places.0, "_from2": places.1,
        ])
        guard mode == .new else { return parameters + HostScript.places + HostScript.find }
        return parameters
            + HostScript.assignments([
                "_run": lock?.run ?? "", "_holder": lock?.holder ?? "", "_prelude": prelude,
                "_common": HostScript.assignments(["_shell": shell]) + HostScript.common,
                "_keeper": keeper.text(marker: record.marker), "_functions": HostScript.places + HostScript.attach,
            ])
                + """
                eval "$\(HostScript.short("_common"))
                $\(HostScript.short("_functions"))"
                \(HostScript.short("_find_facts"))
                \(HostScript.short("_begin"))
                \(HostScript.short("_start"))

                """
    }
}
