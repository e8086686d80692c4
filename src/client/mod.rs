//! To speak, in bytes: names to addresses, connections, calls, and the typed clients for reflection and health.
