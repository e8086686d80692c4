#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greet_fuzz::run("wire_to_json", data));
