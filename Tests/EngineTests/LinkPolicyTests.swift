import Remote
import Testing

@testable import Engine

@Suite struct LinkPolicyTests {
    @Test func theControllerIsHeldWhenThatIsAskedFor() {
        var policy = LinkPolicy()
        policy.lock = HostLock(run: "a", holder: "a")
        #expect(policy.sessionOptions(isJournaled: true, isLocal: false).lock != nil)
        #expect(policy.sessionOptions(isJournaled: true, isLocal: true).lock == nil)
        policy.locksController = true
        #expect(policy.sessionOptions(isJournaled: true, isLocal: true).lock != nil)
    }
}
