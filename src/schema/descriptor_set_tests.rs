//! Descriptor sets, real, odd and hostile.

use std::sync::{Arc, LazyLock};

use futures_util::FutureExt as _;
use proptest::prelude::*;
use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::*;
use crate::schema::{Schema, bundled_closure, render};

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

static BUNDLED: &[u8] = include_bytes!("../../proto/bundled.binpb");

/// The set of a service with options, an enum, a map and extensions, as a compiler made it.
static REAL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let wanted = ["google/rpc/status.proto", "grpc/health/v1/health.proto", "google/api/field_info.proto"];
    let files = bundled_closure().files().iter().filter(|file| wanted.contains(&file.name()));
    let mut set = Vec::new();
    for file in files {
        prost::encoding::bytes::encode(1, file.bytes(), &mut set);
    }
    set
});

/// Everything that anybody asks of a set. It may be wrong, but it ends.
fn ask_everything(bytes: &[u8]) {
    let Ok(schema) = Schema::from_descriptor_set(bytes.to_vec()) else { return };
    for service in now(schema.services()).unwrap_or_default() {
        let _ = now(schema.methods(&service));
        let _ = now(schema.describe(&service));
    }
    for name in
        ["google.rpc.Status", "Health", "Check", "FORMAT_UNSPECIFIED", "HealthCheckRequest.service", "x"]
    {
        let _ = now(schema.method(name));
        let _ = now(schema.describe(name));
    }
    let _ = now(schema.extensions("google.protobuf.FieldOptions"));
    for closure in now(schema.whole()).unwrap_or_default() {
        let _ = closure.dynamic();
        for message in closure.descriptors().messages() {
            let _ = render::symbol(&closure, message.full_name());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn garbage_is_refused_or_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        ask_everything(&bytes);
    }

    #[test]
    fn a_damaged_set_is_refused_or_read_without_a_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = REAL.clone();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        ask_everything(&bytes);
    }
}

fn file(name: &str, imports: &[&str]) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(name.to_owned()),
        package: Some("p".to_owned()),
        dependency: imports.iter().map(|&import| import.to_owned()).collect(),
        message_type: vec![DescriptorProto { name: Some(format!("M{}", name.len())), ..Default::default() }],
        ..Default::default()
    }
}

fn schema(file: Vec<FileDescriptorProto>) -> Schema {
    Schema::from_descriptor_set(FileDescriptorSet { file }.encode_to_vec()).unwrap()
}

#[test]
fn the_real_one_answers() {
    let schema = Schema::from_descriptor_set(REAL.clone()).unwrap();
    assert_eq!(now(schema.services()).unwrap(), ["grpc.health.v1.Health"]);
    assert_eq!(now(schema.extensions("google.protobuf.FieldOptions")).unwrap().len(), 5);
    ask_everything(&REAL);
}

#[test]
fn every_bundled_file_links_and_is_held_by_both_kinds_of_pool() {
    let closure = bundled_closure();
    assert!(closure.files().len() > 70);
    assert!(closure.descriptors().message_by_name("google.rpc.BadRequest").is_some());
    assert!(closure.descriptors().service_by_name("grpc.reflection.v1alpha.ServerReflection").is_some());
    let set = DescriptorSet::parse("bundled", BUNDLED).unwrap();
    let schema = Schema::new(vec![Arc::new(set)]);
    assert!(now(schema.whole()).unwrap()[0].descriptors().enum_by_name("google.rpc.Code").is_some());
    let errors = now(schema.closure("google.rpc.BadRequest")).unwrap();
    assert!(errors.dynamic().unwrap().get_message_by_name("google.rpc.BadRequest").is_some());
}

#[test]
fn imports_that_go_round_are_cut() {
    let schema = schema(vec![file("a", &["bb"]), file("bb", &["a", "bb"])]);
    assert_eq!(now(schema.closure("p.M1")).unwrap().files().len(), 2);
}

#[test]
fn imports_that_nobody_has_do_not_stop_what_does_not_need_them() {
    let schema = schema(vec![file("a", &["gone.proto"])]);
    let closure = now(schema.closure("p.M1")).unwrap();
    assert_eq!(closure.files().len(), 1);
    assert!(closure.dynamic().is_ok());
}

#[test]
fn a_chain_of_imports_without_end_is_refused() {
    let names: Vec<String> = (0..200).map(|index| "x".repeat(index + 1)).collect();
    let files = (0..199).map(|index| file(&names[index], &[&names[index + 1]])).collect();
    let error = now(schema(files).closure("p.M1")).unwrap_err();
    assert!(error.to_string().contains("more than 100 imports"), "{error}");
}

#[test]
fn nesting_without_end_is_refused() {
    let mut message = DescriptorProto { name: Some("N".to_owned()), ..Default::default() };
    for _ in 0..90 {
        message =
            DescriptorProto { name: Some("N".to_owned()), nested_type: vec![message], ..Default::default() };
    }
    let mut body = message.encode_to_vec();
    for _ in 0..5_000 {
        let mut outer = b"\x0a\x01N".to_vec();
        prost::encoding::bytes::encode(3, &body, &mut outer);
        body = outer;
    }
    let mut deep = b"\x0a\x01d".to_vec();
    prost::encoding::bytes::encode(4, &body, &mut deep);
    let mut set = Vec::new();
    prost::encoding::bytes::encode(1, &deep, &mut set);
    let schema = Schema::from_descriptor_set(set).unwrap();
    assert!(now(schema.describe("N")).is_err());
    assert!(now(schema.whole()).is_err());
}

#[test]
fn what_is_no_set_says_so() {
    for bytes in [&b""[..], b"syntax = 'proto3';", b"\x0a\x03abc", b"\x0a\x00"] {
        let error = DescriptorSet::parse("x.bin", bytes).unwrap_err();
        assert!(error.to_string().starts_with("'x.bin' is no descriptor set: "), "{error}");
    }
    assert!(DescriptorSet::load("/nowhere/x.bin").unwrap_err().is_unreachable());
}

#[test]
fn what_is_compressed_without_end_is_refused() {
    use std::io::Write as _;
    let zipped = |size: usize| {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zipped.write_all(&vec![0; size]).unwrap();
        Bytes::from(zipped.finish().unwrap())
    };
    assert_eq!(inflated(zipped(1000), 1000).unwrap().len(), 1000);
    let error = inflated(zipped(1_000_000), 1000).unwrap_err();
    assert!(error.to_string().starts_with("it is larger than"), "{error}");
    let cut = zipped(1000);
    let error = inflated(cut.slice(..cut.len() - 9), 1000).unwrap_err();
    assert!(error.to_string().starts_with("it is no valid gzip"), "{error}");
}
