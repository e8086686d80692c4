//! A whole file: what it is written in, its package, imports, options and declarations.

use std::collections::HashSet;

use buffa_descriptor::generated::descriptor::FileDescriptorProto;

use super::Context;
use super::extension::Around;
use super::names::identifier;
use super::order::woven;
use super::page::{Item, write_all};
use super::value::escape;

impl Context<'_> {
    /// The source of a file, with a line break at its end. `known` are the files that can be imported.
    pub(super) fn file(&self, file: &FileDescriptorProto, known: &HashSet<&str>) -> String {
        let mut sections =
            vec![vec![self.comments.around(&[&[12], &[14]], Item::line(self.dialect.statement()))]];
        if !self.package.is_empty() {
            let statement = format!("package {};", identifier(self.package));
            sections.push(vec![self.comments.around(&[&[2]], Item::line(statement))]);
        }
        sections.push(self.imports(file, known));
        sections.push(self.statements(&file.options, &[8], self.package));
        sections.push(self.declarations(file));
        let mut text = String::new();
        for section in sections.iter().filter(|section| !section.is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            write_all(&mut text, section, 0);
        }
        text
    }

    fn imports(&self, file: &FileDescriptorProto, known: &HashSet<&str>) -> Vec<Item> {
        let public: HashSet<i32> = file.public_dependency.iter().copied().collect();
        let weak: HashSet<i32> = file.weak_dependency.iter().copied().collect();
        let import = |path: [i32; 2], word: &str, name: &str| {
            let statement = format!("import {word}\"{}\";", escape(name.as_bytes()));
            // A compiler that cannot find it refuses the file, even if nothing needs it.
            let statement =
                if known.contains(name) { statement } else { format!("// {statement} it is not known here") };
            self.comments.around(&[&path], Item::line(statement))
        };
        let mut items = Vec::new();
        for (index, name) in (0..).zip(&file.dependency) {
            let word = if public.contains(&index) {
                "public "
            } else if weak.contains(&index) {
                "weak "
            } else {
                ""
            };
            items.push(import([3, index], word, name));
        }
        for (index, name) in (0..).zip(&file.option_dependency) {
            items.push(import([15, index], "option ", name));
        }
        items
    }

    /// Everything that the file declares, in the order of its source.
    fn declarations(&self, file: &FileDescriptorProto) -> Vec<Item> {
        let around = Around::new(&file.message_type, vec![4], self.package.to_owned());
        let mut items = Vec::new();
        let (mut messages, mut extensions) = (vec![None; file.message_type.len()], Vec::new());
        for (item, groups) in self.extends(&file.extension, &[7], &around) {
            for group in groups {
                messages[group] = Some(items.len());
            }
            extensions.push(items.len());
            items.push(item);
        }
        for (index, message) in file.message_type.iter().enumerate() {
            if messages[index].is_none() {
                messages[index] = Some(items.len());
                items.push(self.message(message, &around.path(index), self.package));
            }
        }
        let begun = items.len();
        for (index, found) in (0..).zip(&file.enum_type) {
            items.push(self.enumeration(found, &[5, index], self.package));
        }
        let enums = (begun..items.len()).collect();
        let begun = items.len();
        for (index, service) in (0..).zip(&file.service) {
            items.push(self.service(service, &[6, index], self.package));
        }
        let services = (begun..items.len()).collect();
        woven(vec![services, messages.into_iter().flatten().collect(), enums, extensions], items)
    }
}
