import Support

/// systemd units that run the jobs: one service for the daemon, or a timer and a service for each job.
package struct ServiceUnits: Sendable {
    package struct File: Sendable, Hashable {
        package var name: String
        package var text: String
    }
    /// Absolute path of `comfyfleet`.
    package var program: String
    /// Absolute path of the project's folder, in which it runs.
    package var folder: String
    package var user: String
    /// Paths as the commands take them, relative to the folder or absolute.
    package var schedule: String
    package var state: String
    /// For `systemctl --user`: the user is the manager's own, and what only root may set is left out.
    package var isOfUser: Bool

    package init(
        program: String, folder: String, user: String, schedule: String = Schedule.defaultPath,
        state: String = StateFolder.defaultPath, isOfUser: Bool = false
    ) {
        (self.program, self.folder, self.user, self.schedule, self.state, self.isOfUser) = (
            program, folder, user, schedule, state, isOfUser
        )
    }

    static let prefix = "comfyfleet-schedule"
    /// How every unit begins.
    static let header = "# Written by comfyfleet schedule install"

    /// Whether a service's text is of an install for this project, with the same file of jobs.
    func wrote(_ text: String) -> Bool {
        guard text.hasPrefix(Self.header) else { return false }
        let lines = text.split(separator: "\n")
        return lines.contains { $0 == "WorkingDirectory=\(Self.escaped(folder))" }
            && lines.contains { $0.hasPrefix("Description=ComfyFleet: job") && $0.hasSuffix(" of \(schedule)") }
    }

    /// The daemon's.
    package var daemon: File {
        File(
            name: "\(Self.prefix).service",
            text: """
                \(Self.header). Changes belong in a drop-in: systemctl edit \(Self.prefix)
                [Unit]
                Description=ComfyFleet: jobs of \(schedule)
                Documentation=man:systemd.service(5)
                # The clock is right, and hosts can be reached.
                Wants=network-online.target time-sync.target
                After=network-online.target time-sync.target

                [Service]
                Type=notify
                NotifyAccess=main
                ExecStart=\(command("daemon"))
                ExecReload=/bin/kill -HUP $MAINPID
                Restart=on-failure
                RestartSec=5
                # A file of jobs that is wrong is not right five seconds later.
                RestartPreventExitStatus=1
                WatchdogSec=120
                # SIGTERM goes to the daemon, which stops its runs in order. When the daemon itself dies, its runs continue, and the next one follows them.
                KillMode=process
                TimeoutStopSec=300
                \(common)

                [Install]
                WantedBy=\(isOfUser ? "default.target" : "multi-user.target")

                """)
    }

    /// A timer for each job that is enabled, and the service that it starts.
    ///
    /// - Throws: `NotATimer` for what systemd has no way to say.
    package func timers(_ jobs: [Job]) throws(NotATimer) -> [File] {
        var files: [File] = []
        for job in jobs where job.isEnabled {
            let lines = try TimerLines(job)
            files.append(
                File(
                    name: "\(Self.prefix)-\(job.name).service",
                    text: """
                        \(Self.header) --timers.
                        [Unit]
                        Description=ComfyFleet: job \(job.name) of \(schedule)
                        Wants=network-online.target
                        After=network-online.target

                        [Service]
                        Type=oneshot
                        ExecStart=\(command("run-now", "--by-timer", job.name))
                        # Hosts that differ are a result of a job that looks for drift.
                        SuccessExitStatus=3
                        # When it is stopped, the run continues to its next safe place and ends; a run that is killed is resumed by the next start.
                        KillMode=process
                        TimeoutStartSec=infinity
                        \(common)

                        """))
            files.append(
                File(
                    name: "\(Self.prefix)-\(job.name).timer",
                    text: """
                        \(Self.header) --timers.
                        [Unit]
                        Description=ComfyFleet: times of job \(job.name)
                        Wants=time-sync.target
                        After=time-sync.target

                        [Timer]
                        \(lines.text)
                        AccuracySec=1s

                        [Install]
                        WantedBy=timers.target

                        """))
        }
        return files
    }

    private func command(_ words: String...) -> String {
        ([program, "schedule"] + words + ["--file", schedule, "--state", state]).map(Self.quoted).joined(separator: " ")
    }

    /// What the service may do: its folder, the user's keys, the network. It starts ssh and hooks, which inherit all of
    /// this.
    private var common: String {
        let forRoot =
            isOfUser
            ? ""
            : """
            User=\(user)
            CapabilityBoundingSet=
            ProtectClock=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectProc=invisible
            PrivateDevices=yes

            """
        return forRoot + """
            WorkingDirectory=\(Self.escaped(folder))
            UMask=0077
            # Of the whole file system it writes in the project's folder alone.
            ProtectSystem=strict
            ProtectHome=read-only
            ReadWritePaths=\(Self.quoted(folder))
            PrivateTmp=yes
            NoNewPrivileges=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelTunables=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            SystemCallErrorNumber=EPERM
            # A socket for each host.
            LimitNOFILE=65536
            """
    }

    /// A word of a command line or of a list of paths.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && !"\"'\\$%;".utf8.contains(byte)
            }
        if isPlain { return word }
        let escaped = word.escaping { scalar in
            switch scalar {
            case "%": "%%"
            case "\\": "\\\\"
            case "\"": "\\\""
            case "$": "$$"
            case "\n": "\\n"
            case "\r": "\\r"
            default: nil
            }
        }
        return "\"" + escaped + "\""
    }

    /// systemd's specifiers begin with a percent sign.
    private static func escaped(_ text: String) -> String { text.escaping { $0 == "%" ? "%%" : nil } }
}

/// A job whose times systemd's timers can't have.
package struct NotATimer: ExplainedError, Sendable {
    package var job: Job
    package var problem: String
    package var remedy: String?
    package var place: String? { job.mark.description }
}
