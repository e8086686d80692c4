//! Canned answers: rule files, matching, programs and the automatic reply. Touches neither sockets nor time.
