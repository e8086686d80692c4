//! Services and their methods.

use buffa_descriptor::generated::descriptor::{MethodDescriptorProto, ServiceDescriptorProto};

use super::Context;
use super::names::{identifier, join};
use super::page::Item;

impl Context<'_> {
    pub(super) fn service(&self, service: &ServiceDescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = service.name.as_deref().unwrap_or_default();
        let inside = join(scope, name);
        let mut items = self.statements(&service.options, &[path, &[3]].concat(), &inside);
        for (index, method) in (0..).zip(&service.method) {
            items.push(self.method(method, &[path, &[2, index]].concat(), &inside));
        }
        self.comments.around(&[path], Item::block(format!("service {}", identifier(name)), items))
    }

    pub(super) fn method(&self, method: &MethodDescriptorProto, path: &[i32], scope: &str) -> Item {
        let side = |stream: Option<bool>, full: &Option<String>| {
            let stream = if stream == Some(true) { "stream " } else { "" };
            format!("({stream}{})", self.type_name(full.as_deref().unwrap_or_default(), scope))
        };
        let head = format!(
            "rpc {}{} returns {}",
            identifier(method.name.as_deref().unwrap_or_default()),
            side(method.client_streaming, &method.input_type),
            side(method.server_streaming, &method.output_type),
        );
        let options = self.statements(&method.options, &[path, &[4]].concat(), scope);
        let item = if !options.is_empty() {
            Item::block(head, options)
        } else if method.options.as_option().is_some() {
            // Braces make options, also where nothing stands between them.
            Item::line(format!("{head} {{}}"))
        } else {
            Item::line(format!("{head};"))
        };
        self.comments.around(&[path], item)
    }
}
