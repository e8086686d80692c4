//! From a full name to the descriptor it belongs to, and its place in the file.

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto,
};

use super::names::join;

/// A declaration in its file.
pub(super) enum Node<'f> {
    Service(&'f ServiceDescriptorProto),
    Method(&'f MethodDescriptorProto),
    Message(&'f DescriptorProto),
    Enum(&'f EnumDescriptorProto),
    Value(&'f EnumValueDescriptorProto),
    Field(&'f DescriptorProto, &'f FieldDescriptorProto),
    Oneof(&'f DescriptorProto, usize),
    /// With the messages beside it, among which a group finds its body, and the path of their list.
    Extension(&'f FieldDescriptorProto, &'f [DescriptorProto], Vec<i32>),
}

/// A declaration, its path as source info has it, and the full name of what is around it.
pub(super) struct Located<'f> {
    pub(super) node: Node<'f>,
    pub(super) path: Vec<i32>,
    pub(super) scope: String,
}

/// Finds what a full name stands for.
pub(super) fn locate<'f>(file: &'f FileDescriptorProto, name: &str) -> Option<Located<'f>> {
    let package = file.package.as_deref().unwrap_or_default();
    let rest = if package.is_empty() { name } else { name.strip_prefix(package)?.strip_prefix('.')? };
    let (first, inside) = rest.split_once('.').map_or((rest, None), |(first, inside)| (first, Some(inside)));
    let found = |node, path| Some(Located { node, path, scope: package.to_owned() });
    if let Some((index, message)) = named(&file.message_type, first, |m| m.name.as_deref()) {
        return match inside {
            None => found(Node::Message(message), vec![4, index]),
            Some(inside) => within(message, &join(package, first), &[4, index], inside),
        };
    }
    if let Some((index, service)) = named(&file.service, first, |s| s.name.as_deref()) {
        let Some(inside) = inside else { return found(Node::Service(service), vec![6, index]) };
        let (method_index, method) = named(&service.method, inside, |m| m.name.as_deref())?;
        let path = vec![6, index, 2, method_index];
        return Some(Located { node: Node::Method(method), path, scope: join(package, first) });
    }
    if inside.is_some() {
        return None;
    }
    if let Some((node, path)) = among_enums(&file.enum_type, first, &[5]) {
        return found(node, path);
    }
    let (index, extension) = named(&file.extension, first, |e| e.name.as_deref())?;
    found(Node::Extension(extension, &file.message_type, vec![4]), vec![7, index])
}

fn within<'f>(message: &'f DescriptorProto, scope: &str, path: &[i32], rest: &str) -> Option<Located<'f>> {
    let (first, inside) = rest.split_once('.').map_or((rest, None), |(first, inside)| (first, Some(inside)));
    let at = |number: i32, index: i32| [path, &[number, index]].concat();
    let found = |node, path| Some(Located { node, path, scope: scope.to_owned() });
    if let Some((index, nested)) = named(&message.nested_type, first, |m| m.name.as_deref()) {
        return match inside {
            None => found(Node::Message(nested), at(3, index)),
            Some(inside) => within(nested, &join(scope, first), &at(3, index), inside),
        };
    }
    if inside.is_some() {
        return None;
    }
    if let Some((index, field)) = named(&message.field, first, |f| f.name.as_deref()) {
        return found(Node::Field(message, field), at(2, index));
    }
    if let Some((node, path)) = among_enums(&message.enum_type, first, &[path, &[4]].concat()) {
        return found(node, path);
    }
    if let Some((index, _)) = named(&message.oneof_decl, first, |o| o.name.as_deref()) {
        return found(Node::Oneof(message, usize::try_from(index).ok()?), path.to_vec());
    }
    let (index, extension) = named(&message.extension, first, |e| e.name.as_deref())?;
    let list = [path, &[3]].concat();
    found(Node::Extension(extension, &message.nested_type, list), at(6, index))
}

/// An enum of this name, or a value of one of the enums.
fn among_enums<'f>(
    enums: &'f [EnumDescriptorProto],
    name: &str,
    path: &[i32],
) -> Option<(Node<'f>, Vec<i32>)> {
    if let Some((index, found)) = named(enums, name, |e| e.name.as_deref()) {
        return Some((Node::Enum(found), [path, &[index]].concat()));
    }
    (0..).zip(enums).find_map(|(index, found)| {
        let (value_index, value) = named(&found.value, name, |v| v.name.as_deref())?;
        Some((Node::Value(value), [path, &[index, 2, value_index]].concat()))
    })
}

fn named<'f, T>(all: &'f [T], name: &str, of: impl Fn(&T) -> Option<&str>) -> Option<(i32, &'f T)> {
    (0..).zip(all).find(|(_, one)| of(one) == Some(name))
}
