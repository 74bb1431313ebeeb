import Testing
@testable import Playbook
