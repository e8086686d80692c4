//! A schema asked for methods, symbols and raw files, over several sources.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::*;
use crate::schema::{DescriptorSet, ProtoFiles, SymbolKind};

/// Sources of files answer at once.
fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

const GREETER: &str = include_str!("../../proto/greeter.proto");

const PAY: &str = r#"
    syntax = "proto3";
    package shop.pay.v1;
    import "google/protobuf/timestamp.proto";
    import "google/api/annotations.proto";
    service Pay {
        rpc Charge(Order) returns (Receipt) { option (google.api.http) = { post: "/v1/charge" body: "*" }; }
        rpc Watch(Order) returns (stream Receipt);
        rpc Upload(stream Order) returns (Receipt);
        rpc Talk(stream Order) returns (stream Receipt);
    }
    service Admin { rpc Watch(Order) returns (Receipt); }
    message Order { string id = 1; message Line { string sku = 1; } repeated Line lines = 2; }
    message Receipt { google.protobuf.Timestamp at = 1; Kind kind = 2; enum Kind { NONE = 0; CARD = 1; } }
"#;

fn shop() -> Schema {
    let greeter: Arc<dyn Source> = Arc::new(ProtoFiles::parse("greeter.proto", GREETER).unwrap());
    let pay: Arc<dyn Source> = Arc::new(ProtoFiles::parse("pay.proto", PAY).unwrap());
    Schema::new(vec![greeter, pay])
}

#[test]
fn a_method_is_found_by_every_spelling() {
    let schema = shop();
    for (asked, meant) in [
        ("greeter.Greeter/SayHello", "greeter.Greeter/SayHello"),
        ("/greeter.Greeter/SayHello", "greeter.Greeter/SayHello"),
        ("greeter.Greeter.SayHello", "greeter.Greeter/SayHello"),
        ("Greeter/SayHello", "greeter.Greeter/SayHello"),
        ("Greeter.SayHello", "greeter.Greeter/SayHello"),
        ("SayHello", "greeter.Greeter/SayHello"),
        ("v1.Pay/Charge", "shop.pay.v1.Pay/Charge"),
        ("pay.v1.Pay.Charge", "shop.pay.v1.Pay/Charge"),
        ("Pay/Watch", "shop.pay.v1.Pay/Watch"),
        ("grpc.health.v1.Health/Check", "grpc.health.v1.Health/Check"),
    ] {
        assert_eq!(now(schema.method(asked)).unwrap().full_name(), meant, "{asked}");
    }
}

#[test]
fn a_method_that_is_not_there_names_the_nearest() {
    let schema = shop();
    for (asked, nearest) in [
        ("greeter.Greeter/SayHelo", "greeter.Greeter/SayHello"),
        ("greter.Greeter/SayHello", "greeter.Greeter/SayHello"),
        ("SayHelo", "greeter.Greeter/SayHello"),
        ("Greeter", "greeter.Greeter/SayHello"),
        ("greeter.Greeter", "greeter.Greeter/SayHello"),
    ] {
        let error = now(schema.method(asked)).unwrap_err();
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.nearest().first().map(String::as_str), Some(nearest), "{asked}: {error}");
    }
    for asked in ["", "/", ".", "a/b/c", "ello", "eeter/SayHello", "Health/Check", "Check"] {
        assert!(now(schema.method(asked)).unwrap_err().is_not_found(), "{asked}");
    }
}

#[test]
fn an_ambiguous_method_lists_the_candidates() {
    let error = now(shop().method("Watch")).unwrap_err();
    assert!(error.is_ambiguous());
    assert_eq!(error.nearest(), ["shop.pay.v1.Admin/Watch", "shop.pay.v1.Pay/Watch"]);
}

#[test]
fn methods_come_in_the_files_order_with_their_shapes_and_are_linked_once() {
    let methods = now(shop().methods("Pay")).unwrap();
    let seen: Vec<_> = methods.iter().map(|m| (m.name(), m.shape())).collect();
    let shapes = [Shape::Unary, Shape::ServerStreaming, Shape::ClientStreaming, Shape::Bidi];
    assert_eq!(seen, ["Charge", "Watch", "Upload", "Talk"].into_iter().zip(shapes).collect::<Vec<_>>());
    assert_eq!((methods[0].input(), methods[0].output()), ("shop.pay.v1.Order", "shop.pay.v1.Receipt"));
    let schema = shop();
    let (charge, watch) = (now(schema.method("Charge")).unwrap(), now(schema.method("Pay/Watch")).unwrap());
    assert!(Arc::ptr_eq(charge.closure(), watch.closure()));
    assert_eq!(charge.closure().files().last().map(|file| file.name()), Some("pay.proto"));
    assert!(charge.closure().dynamic().is_ok(), "{:?}", charge.closure().dynamic().err());
}

#[test]
fn services_are_sorted_with_grpcs_own_last() {
    let set = DescriptorSet::parse("bundled", &include_bytes!("../../proto/bundled.binpb")[..]).unwrap();
    let mut sources = shop().sources().to_vec();
    sources.insert(0, Arc::new(set));
    let services = now(Schema::new(sources).services()).unwrap();
    assert_eq!(services[..3], ["greeter.Greeter", "shop.pay.v1.Admin", "shop.pay.v1.Pay"]);
    assert_eq!(services[3], "grpc.health.v1.Health");
}

#[test]
fn symbols_of_every_kind_are_found() {
    let schema = shop();
    for (asked, name, kind) in [
        ("greeter.Greeter", "greeter.Greeter", SymbolKind::Service),
        (".greeter.HelloRequest", "greeter.HelloRequest", SymbolKind::Message),
        ("HelloRequest", "greeter.HelloRequest", SymbolKind::Message),
        ("Pay/Charge", "shop.pay.v1.Pay.Charge", SymbolKind::Method),
        ("Order.Line", "shop.pay.v1.Order.Line", SymbolKind::Message),
        ("Line", "shop.pay.v1.Order.Line", SymbolKind::Message),
        ("Line.sku", "shop.pay.v1.Order.Line.sku", SymbolKind::Field),
        ("Kind", "shop.pay.v1.Receipt.Kind", SymbolKind::Enum),
        ("CARD", "shop.pay.v1.Receipt.CARD", SymbolKind::EnumValue),
        ("shop.pay.v1.Receipt.Kind.CARD", "shop.pay.v1.Receipt.CARD", SymbolKind::EnumValue),
        ("google.rpc.Status", "google.rpc.Status", SymbolKind::Message),
        ("Duration.nanos", "google.protobuf.Duration.nanos", SymbolKind::Field),
        ("google.api.http", "google.api.http", SymbolKind::Extension),
    ] {
        let symbol = now(schema.resolve(asked)).unwrap();
        assert_eq!((symbol.name(), symbol.kind()), (name, kind), "{asked}");
    }
    assert_eq!(now(schema.resolve("HeloRequest")).unwrap_err().nearest()[0], "greeter.HelloRequest");
    assert!(now(schema.resolve("")).unwrap_err().is_not_found());
}

#[test]
fn the_first_source_that_has_a_name_wins_with_all_it_reaches() {
    let source = |field: &str| -> Arc<dyn Source> {
        let text = format!("syntax = 'proto3'; package p; message M {{ string {field} = 1; }}");
        Arc::new(ProtoFiles::parse("same.proto", &text).unwrap())
    };
    let schema = Schema::new(vec![source("one"), source("two")]);
    let closure = now(schema.closure("p.M")).unwrap();
    assert!(closure.descriptors().message_by_name("p.M").unwrap().field_by_name("one").is_some());
}

#[test]
fn an_import_that_its_set_lacks_is_taken_from_the_others() {
    let with = "syntax = 'proto3'; package p; import 'google/type/money.proto'; \
                message M { google.type.Money m = 1; }";
    let whole = ProtoFiles::parse("m.proto", with).unwrap();
    let file = now(whole.file("m.proto")).unwrap().unwrap();
    assert!(now(whole.file("google/type/money.proto")).unwrap().is_none(), "the bundled stay where they are");
    let mut set = vec![0x0a];
    prost::encoding::encode_varint(file.bytes().len() as u64, &mut set);
    set.extend_from_slice(file.bytes());
    let schema = Schema::from_descriptor_set(set).unwrap();
    let closure = now(schema.closure("p.M")).unwrap();
    assert!(closure.descriptors().message_by_name("google.type.Money").is_some());
    assert!(closure.dynamic().is_ok());
}

#[test]
fn all_methods_are_known_before_anything_is_linked() {
    let services = now(shop().all_methods()).unwrap();
    let names: Vec<_> = services
        .iter()
        .flat_map(|(service, methods)| methods.iter().map(move |method| format!("{service}/{}", method.name)))
        .collect();
    assert_eq!(names.len(), 6);
    assert_eq!(names[0], "greeter.Greeter/SayHello");
    let shapes: Vec<_> = services.values().flatten().map(|method| method.shape).collect();
    let linked: Vec<_> = services.keys().flat_map(|service| now(shop().methods(service)).unwrap()).collect();
    assert_eq!(shapes, linked.iter().map(Method::shape).collect::<Vec<_>>());
    assert_eq!(now(shop().whole()).unwrap().len(), 2);
}

#[test]
fn the_raw_questions_of_reflection_are_answered() {
    let schema = shop();
    assert_eq!(now(schema.symbol("shop.pay.v1.Pay")).unwrap().unwrap().name(), "pay.proto");
    assert_eq!(now(schema.file("greeter.proto")).unwrap().unwrap().name(), "greeter.proto");
    assert!(now(schema.symbol("shop.pay.v1.Nobody")).unwrap().is_none());
    assert!(now(schema.symbol("shop.pay.v1")).unwrap().is_none());
    let numbers = now(schema.extensions("google.protobuf.MethodOptions")).unwrap();
    assert!(numbers.contains(&72_295_728), "{numbers:?}");
    let file = now(schema.extension("google.protobuf.MethodOptions", 72_295_728)).unwrap().unwrap();
    assert_eq!(file.name(), "google/api/annotations.proto");
}

#[test]
fn a_source_that_fails_is_not_hidden_by_silence() {
    #[derive(Debug)]
    struct Silent;
    #[async_trait::async_trait]
    impl Source for Silent {
        fn name(&self) -> String {
            "silent:1".to_owned()
        }
        async fn services(&self) -> Result<Vec<String>, SchemaError> {
            Err(SchemaError::unreachable("no answer", "nobody"))
        }
        async fn file(&self, _: &str) -> Result<Option<Arc<File>>, SchemaError> {
            Err(SchemaError::unreachable("no answer", "nobody"))
        }
        async fn symbol(&self, _: &str) -> Result<Option<Arc<File>>, SchemaError> {
            Err(SchemaError::unreachable("no answer", "nobody"))
        }
        async fn extensions(&self, _: &str) -> Result<Vec<i32>, SchemaError> {
            Ok(Vec::new())
        }
        async fn extension(&self, _: &str, _: i32) -> Result<Option<Arc<File>>, SchemaError> {
            Ok(None)
        }
    }
    let mut sources = shop().sources().to_vec();
    sources.push(Arc::new(Silent));
    let schema = Schema::new(sources);
    assert!(now(schema.method("p.Nobody/Calls")).unwrap_err().is_unreachable());
    assert!(now(schema.services()).unwrap_err().is_unreachable());
    // What the given files know is not asked of the server, exact or short.
    assert!(now(schema.method("SayHello")).is_ok());
    assert!(now(schema.method("greeter.Greeter/SayHelo")).unwrap_err().is_not_found());
}

#[test]
fn grpcs_own_services_are_meant_by_their_full_names_only() {
    let schema = shop();
    assert_eq!(now(schema.resolve("grpc.health.v1.Health")).unwrap().kind(), SymbolKind::Service);
    assert_eq!(now(schema.methods("grpc.health.v1.Health")).unwrap().len(), 2);
    for short in ["Health", "v1.Health", "Check", "Health/Check", "ServerReflection"] {
        let error = now(schema.resolve(short)).unwrap_err();
        assert!(
            error.is_not_found() && !error.nearest().iter().any(|name| name.starts_with("grpc.")),
            "{error:?}"
        );
        assert!(now(schema.methods(short)).unwrap_err().is_not_found(), "{short}");
    }
    // Their messages are types like others.
    assert_eq!(
        now(schema.resolve("HealthCheckRequest")).unwrap().name(),
        "grpc.health.v1.HealthCheckRequest"
    );
    let near = now(schema.resolve("grpc.health.v1.Helth")).unwrap_err();
    assert_eq!(near.nearest().first().map(String::as_str), Some("grpc.health.v1.Health"), "{near:?}");
}
