//! Services and their methods.

use buffa_descriptor::generated::descriptor::{MethodDescriptorProto, ServiceDescriptorProto};

use super::Context;
use super::locate::join;
use super::page::{Item, block};

impl Context<'_> {
    pub(super) fn service(&self, service: &ServiceDescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = service.name.as_deref().unwrap_or_default();
        let inside = join(scope, name);
        let mut items = self.statements(&service.options, &inside);
        for (index, method) in (0..).zip(&service.method) {
            items.push(self.method(method, &[path, &[2, index]].concat(), &inside));
        }
        self.comments.around(path, &block(&format!("service {name}"), &items))
    }

    pub(super) fn method(&self, method: &MethodDescriptorProto, path: &[i32], scope: &str) -> Item {
        let side = |stream: Option<bool>, full: &Option<String>| {
            let stream = if stream == Some(true) { "stream " } else { "" };
            format!("({stream}{})", self.names.of_type(full.as_deref().unwrap_or_default(), scope))
        };
        let head = format!(
            "rpc {}{} returns {}",
            method.name.as_deref().unwrap_or_default(),
            side(method.client_streaming, &method.input_type),
            side(method.server_streaming, &method.output_type),
        );
        let options = self.statements(&method.options, scope);
        let text = if options.is_empty() { format!("{head};") } else { block(&head, &options) };
        self.comments.around(path, &text)
    }
}
