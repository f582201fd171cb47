// The command from outside: whole verbs as somebody types them, on the lab and on real servers. One after the other, because each of
// them wants the machine for itself.

import Testing

/// Holds all suites of this target, so that no two of their tests run at once.
@Suite(.serialized) struct EndToEnd {}
