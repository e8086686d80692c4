//! The parts of a file that can be left out of it one by one, and what they refer to.

use buffa_descriptor::generated::descriptor::field_descriptor_proto::Type;
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

use super::spelling;

/// A name that is longer than the linker takes is not looked into any further.
const MAX_NAME: usize = buffa_descriptor::MAX_SYMBOL_LEN;

/// What a name stands for, as far as others refer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    Enum,
    Service,
    Other,
}

/// A reference to a type.
#[derive(Debug)]
pub(super) struct Want<'f> {
    /// Who refers: a field or a method.
    pub(super) from: String,
    /// To what, with or without a leading dot; `None` if that is missing.
    pub(super) name: Option<&'f str>,
    pub(super) kind: Kind,
}

/// A type at the top of a file with all that is nested in it, a service without its methods, a method, or an
/// extension, wherever it stands.
#[derive(Debug)]
pub(super) struct Part<'f> {
    pub(super) file: usize,
    /// The names it declares, its own first.
    pub(super) names: Vec<(String, Kind)>,
    pub(super) wants: Vec<Want<'f>>,
    /// For an extension: the message and the number.
    pub(super) extends: Option<(&'f str, i32)>,
    /// For a method: its service.
    pub(super) service: Option<String>,
    /// A name in it that is none, in words.
    pub(super) misspelt: Option<String>,
}

impl Part<'_> {
    pub(super) fn name(&self) -> &str {
        self.names.first().map_or("", |(name, _)| name)
    }

    fn misspell(&mut self, what: Option<String>) {
        self.misspelt = self.misspelt.take().or(what);
    }
}

/// The parts of a file.
pub(super) fn parts(index: usize, file: &FileDescriptorProto) -> Vec<Part<'_>> {
    let package = file.package.as_deref().unwrap_or_default();
    let mut cut = Cut { file: index, package: spelling::package(file), parts: Vec::new() };
    for message in &file.message_type {
        let mut part = cut.part();
        part.misspell(spelling::message(message));
        cut.message(&mut part, package, message);
        cut.parts.push(part);
    }
    for enumeration in &file.enum_type {
        let mut part = cut.part();
        part.misspell(spelling::enumeration(enumeration));
        enum_names(&mut part, package, enumeration);
        cut.parts.push(part);
    }
    for service in &file.service {
        let name = join(package, service.name.as_deref());
        let mut part = cut.part();
        part.misspell(spelling::name(service.name.as_deref()));
        part.names.push((name.clone(), Kind::Service));
        cut.parts.push(part);
        for method in &service.method {
            let own = join(&name, method.name.as_deref());
            let want = |type_name| Want { from: own.clone(), name: type_name, kind: Kind::Message };
            let mut part = cut.part();
            part.misspell(spelling::name(method.name.as_deref()));
            part.wants = vec![want(method.input_type.as_deref()), want(method.output_type.as_deref())];
            part.names.push((own, Kind::Other));
            part.service = Some(name.clone());
            cut.parts.push(part);
        }
    }
    for extension in &file.extension {
        cut.extension(package, extension);
    }
    cut.parts
}

/// The same file with those parts only whose names are kept.
pub(super) fn keep(file: &FileDescriptorProto, kept: &mut dyn FnMut(&str) -> bool) -> FileDescriptorProto {
    let package = file.package.as_deref().unwrap_or_default();
    let mut file = file.clone();
    file.message_type.retain(|message| kept(&join(package, message.name.as_deref())));
    for message in &mut file.message_type {
        keep_extensions(package, message, kept);
    }
    file.enum_type.retain(|enumeration| kept(&join(package, enumeration.name.as_deref())));
    file.service.retain(|service| kept(&join(package, service.name.as_deref())));
    for service in &mut file.service {
        let name = join(package, service.name.as_deref());
        service.method.retain(|method| kept(&join(&name, method.name.as_deref())));
    }
    file.extension.retain(|extension| kept(&join(package, extension.name.as_deref())));
    file
}

fn keep_extensions(scope: &str, message: &mut DescriptorProto, kept: &mut dyn FnMut(&str) -> bool) {
    let name = join(scope, message.name.as_deref());
    message.extension.retain(|extension| kept(&join(&name, extension.name.as_deref())));
    for nested in &mut message.nested_type {
        keep_extensions(&name, nested, kept);
    }
}

struct Cut<'f> {
    file: usize,
    /// What is wrong with the package, if that is.
    package: Option<String>,
    parts: Vec<Part<'f>>,
}

impl<'f> Cut<'f> {
    fn part(&self) -> Part<'f> {
        Part {
            file: self.file,
            names: Vec::new(),
            wants: Vec::new(),
            extends: None,
            service: None,
            misspelt: self.package.clone(),
        }
    }

    fn message(&mut self, part: &mut Part<'f>, scope: &str, message: &'f DescriptorProto) {
        let name = join(scope, message.name.as_deref());
        part.names.push((name.clone(), Kind::Message));
        if name.len() > MAX_NAME {
            return;
        }
        part.wants.extend(message.field.iter().filter_map(|field| want(&name, field)));
        for nested in &message.nested_type {
            self.message(part, &name, nested);
        }
        for enumeration in &message.enum_type {
            enum_names(part, &name, enumeration);
        }
        for extension in &message.extension {
            self.extension(&name, extension);
        }
    }

    fn extension(&mut self, scope: &str, extension: &'f FieldDescriptorProto) {
        let mut part = self.part();
        part.misspell(spelling::field(extension));
        let name = join(scope, extension.name.as_deref());
        let extendee = extension.extendee.as_deref();
        part.wants.push(Want { from: name.clone(), name: extendee, kind: Kind::Message });
        part.wants.extend(want(scope, extension));
        part.extends = extendee.zip(extension.number);
        part.names.push((name, Kind::Other));
        self.parts.push(part);
    }
}

fn enum_names(part: &mut Part<'_>, scope: &str, enumeration: &EnumDescriptorProto) {
    part.names.push((join(scope, enumeration.name.as_deref()), Kind::Enum));
    let values = enumeration.value.iter().map(|value| (join(scope, value.name.as_deref()), Kind::Other));
    part.names.extend(values);
}

/// The type that a field refers to.
fn want<'f>(scope: &str, field: &'f FieldDescriptorProto) -> Option<Want<'f>> {
    let kind = match field.r#type? {
        Type::TYPE_MESSAGE | Type::TYPE_GROUP => Kind::Message,
        Type::TYPE_ENUM => Kind::Enum,
        _ => return None,
    };
    let from = join(scope, field.name.as_deref());
    Some(Want { from, name: field.type_name.as_deref(), kind })
}

fn join(scope: &str, name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}
