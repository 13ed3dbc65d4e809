#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| onedoor_fuzz::policy_loader(data));
