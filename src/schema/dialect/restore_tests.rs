//! Paths that lead to what is restored, and those that lead nowhere.

use std::collections::BTreeMap;

use buffa::Message as _;
use buffa_descriptor::generated::descriptor::EnumDescriptorProto;

use super::*;

fn sample() -> FileDescriptorProto {
    let field = |name: &str| FieldDescriptorProto { name: Some(name.to_owned()), ..Default::default() };
    FileDescriptorProto {
        name: Some("a".to_owned()),
        dependency: ["a", "b", "c", "d"].map(ToOwned::to_owned).to_vec(),
        public_dependency: vec![2],
        weak_dependency: vec![0, 9],
        message_type: vec![DescriptorProto {
            nested_type: vec![DescriptorProto {
                field: vec![field("x")],
                extension: vec![field("y")],
                enum_type: vec![EnumDescriptorProto::default()],
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn restored(hidden: &Hidden) -> FileDescriptorProto {
    let bytes = restore(&sample().encode_to_vec().into(), hidden).unwrap();
    FileDescriptorProto::decode_from_slice(&bytes).unwrap()
}

#[test]
fn imports_for_options_get_a_list_of_their_own() {
    let file = restored(&Hidden { option_imports: vec![1, 3], ..Hidden::default() });
    assert_eq!(
        (file.dependency, file.option_dependency),
        (vec!["a".to_owned(), "c".into()], vec!["b".to_owned(), "d".into()])
    );
    assert_eq!((file.public_dependency, file.weak_dependency), (vec![1], vec![0, 9]));
    let file = restored(&Hidden { own_imports: Some((1, 0)), ..Hidden::default() });
    assert_eq!((file.dependency, file.public_dependency), (vec!["a".to_owned()], vec![]));
}

#[test]
fn paths_lead_to_what_is_restored_or_nowhere() {
    let local = SymbolVisibility::VISIBILITY_LOCAL;
    let visible = [
        vec![4, 0, 3, 0],
        vec![4, 0, 3, 0, 4, 0],
        vec![4, 9],
        vec![5, 0],
        vec![4, 0, 3],
        vec![],
        vec![4, -1],
    ];
    let numbers =
        [(vec![4, 0, 3, 0, 2, 0], 7), (vec![4, 0, 3, 0, 6, 0], 8), (vec![7, 0], 9), (vec![4, 0, 2, 0], 9)];
    let file = restored(&Hidden {
        visible: visible.map(|path| (path, local)).into(),
        numbers: BTreeMap::from(numbers),
        same_json_names: vec![vec![4, 0, 3, 0, 2, 0], vec![6, 0]],
        empty_blocks: vec![vec![6, 0, 2, 0]],
        ..Hidden::default()
    });
    let nested = &file.message_type[0].nested_type[0];
    assert_eq!((file.message_type[0].visibility, nested.visibility), (None, Some(local)));
    assert_eq!(nested.enum_type[0].visibility, Some(local));
    assert_eq!((nested.field[0].number, nested.extension[0].number), (Some(7), Some(8)));
    assert_eq!(nested.field[0].json_name.as_deref(), Some("x"));
    assert!(restore(&Bytes::from_static(b"\x0a"), &Hidden::default()).is_err());
}
