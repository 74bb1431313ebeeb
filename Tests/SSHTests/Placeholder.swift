import Testing
@testable import SSH
