#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| greet_fuzz::run("rules", data));
