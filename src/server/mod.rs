//! To answer, in bytes: listen, connections, drain, the door, and the typed services for reflection and health.
