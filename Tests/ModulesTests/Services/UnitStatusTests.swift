import Testing

@testable import Modules

@Suite struct UnitStatusTests {
    @Test func readsShow() {
        let running = UnitStatus(
            "Id=ssh.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nDescription=a=b\n")
        #expect(
            running.exists && running.isRunning && running.isEnabled && !running.isMasked
                && running.properties["Description"] == "a=b")
        #expect(!UnitStatus("LoadState=not-found\nActiveState=inactive\n").exists)
        #expect(UnitStatus("LoadState=masked\nUnitFileState=masked\n").isMasked)
    }
    @Test(arguments: [
        ("started", true, nil), ("started", false, "start"), ("stopped", true, "stop"), ("stopped", false, nil),
        ("restarted", false, "restart"), ("reloaded", true, "reload"), ("reloaded", false, "start"),
    ])
    func decides(_ state: String, _ isRunning: Bool, _ verb: String?) {
        #expect(DesiredService(state: state).action(isRunning: isRunning) == verb)
    }
}
