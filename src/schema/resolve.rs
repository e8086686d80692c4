//! From what was typed to what it names: exact first, then a unique suffix of whole components.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ask::{is_infrastructure, methods_of, roots_of};
use super::outline::{Declared, Depth, SymbolKind};
use super::reach::{Origin, reach};
use super::{Closure, Declarations as _, Method, Question, Schema, SchemaError, bundled};
use crate::leaf::nearest::nearest;

/// As many names are suggested for one that is not there.
const SUGGESTED: usize = 3;
/// As many candidates stand in the message for an ambiguous name; the error has them all.
const SHOWN: usize = 10;

/// A name that was found: a service, method, type, field or value, and the closure that links it.
#[derive(Debug, Clone)]
pub struct Symbol {
    name: String,
    kind: SymbolKind,
    closure: Arc<Closure>,
}

impl Symbol {
    pub(super) fn new(name: &str, kind: SymbolKind, closure: Arc<Closure>) -> Self {
        Self { name: name.to_owned(), kind, closure }
    }

    /// The full name, without a leading dot; a method's is `pkg.Service.Method`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn kind(&self) -> SymbolKind {
        self.kind
    }

    /// The linked files that hold it.
    pub fn closure(&self) -> &Arc<Closure> {
        &self.closure
    }
}

impl Schema {
    /// The method that a name means: `pkg.Service/Method`, `pkg.Service.Method`, `/pkg.Service/Method`, or a
    /// unique suffix of whole components of one (`Service/Method`, `Method`). An exact name costs one question;
    /// only another one lists the services, without gRPC's own.
    ///
    /// # Errors
    /// When no method has the name (with the nearest), several have it (with all), a source cannot be asked,
    /// or what the method reaches does not link.
    pub async fn method(&self, name: &str) -> Result<Method, SchemaError> {
        let asked = name.strip_prefix('/').unwrap_or(name);
        let split = asked.rsplit_once('/').or_else(|| asked.rsplit_once('.'));
        if let Some((service, method)) = split
            && let Some(methods) = self.methods_exactly(service).await?
        {
            let found = methods.iter().find(|known| known.name() == method).cloned();
            if let Some(found) = &found {
                found.closure().sound(&format!("{service}.{method}"))?;
            }
            return found.ok_or_else(|| {
                let known: Vec<_> = methods.iter().map(Method::full_name).collect();
                SchemaError::not_found(
                    format!("service '{service}' has no method '{method}'"),
                    near(&format!("{service}/{method}"), &known),
                )
            });
        }
        self.method_by_suffix(asked, split.map(|(service, _)| service)).await
    }

    /// All methods of a service, in the file's order; the service by its full name or by a unique suffix.
    ///
    /// # Errors
    /// As [`Schema::method`].
    pub async fn methods(&self, service: &str) -> Result<Vec<Method>, SchemaError> {
        if let Some(methods) = self.methods_exactly(service).await? {
            return Ok(methods);
        }
        let mut known = Vec::new();
        for tier in self.tiers() {
            let services = self.services_of(&tier).await?;
            let meant = services.keys().filter(|name| is_suffix(name, service)).cloned().collect();
            if let Some(name) = only("service", service, meant)? {
                return Ok(self.methods_exactly(&name).await?.unwrap_or_default());
            }
            known.extend(services.into_keys());
        }
        Err(self.unknown("service", service, near(service, &known)))
    }

    /// What a name means, of any kind: its full name (with `.` or `/`, with or without either before it), or a
    /// unique suffix of whole components. Services, methods and types are preferred to fields and values.
    ///
    /// # Errors
    /// As [`Schema::method`].
    pub async fn resolve(&self, name: &str) -> Result<Symbol, SchemaError> {
        let asked = name.trim_start_matches(['.', '/']).replace('/', ".");
        if let Some(symbol) = self.symbol_exactly(&asked).await? {
            return Ok(symbol);
        }
        let mut known = Vec::new();
        for tier in self.tiers().into_iter().map(Some).chain([None]) {
            let (mut types, mut members, mut around) = (Vec::new(), Vec::new(), String::new());
            self.walk(tier.as_deref(), &mut |declared| {
                let owner = match declared.kind {
                    SymbolKind::Field | SymbolKind::EnumValue | SymbolKind::Oneof => &mut members,
                    _ => &mut types,
                };
                if declared.kind == SymbolKind::Enum {
                    declared.name.clone_into(&mut around);
                }
                // Nobody means gRPC's own services by a short name.
                let own = matches!(declared.kind, SymbolKind::Service | SymbolKind::Method)
                    && is_infrastructure(declared.name);
                if !own && is_suffix(declared.name, &asked)
                    || declared.kind == SymbolKind::EnumValue && is_below(&around, declared.name, &asked)
                {
                    owner.push(declared.name.to_owned());
                }
                if is_suggested(declared.name, &asked) && (!own || asked.starts_with("grpc.")) {
                    known.push(declared.name.to_owned());
                }
            })
            .await?;
            let found = match only("symbol", name, types)? {
                Some(found) => Some(found),
                None => only("symbol", name, members)?,
            };
            let Some(found) = found else { continue };
            let symbol = match self.symbol_exactly(&found).await? {
                None => self.symbol_in(tier.as_deref(), &found).await?,
                some => some,
            };
            if let Some(symbol) = symbol {
                return Ok(symbol);
            }
        }
        Err(self.unknown("symbol", name, near(&asked, &known)))
    }

    /// A symbol of a file that a server has, though it does not find the file by the symbol: some know their
    /// services by name, and nothing else.
    pub(super) async fn symbol_in(
        &self,
        tier: Option<&[usize]>,
        name: &str,
    ) -> Result<Option<Symbol>, SchemaError> {
        for &index in tier.unwrap_or_default() {
            let source = self.sources()[index].as_ref();
            if source.declarations().is_some() {
                continue;
            }
            let origin = Origin::Given(index);
            for file in reach(self.sources(), origin, roots_of(source).await?).await?.files {
                let Some(kind) = file.kind_of(name) else { continue };
                let closure = self.linked(origin, vec![file]).await?;
                closure.sound(name)?;
                return Ok(Some(Symbol { name: name.to_owned(), kind, closure }));
            }
        }
        Ok(None)
    }

    async fn symbol_exactly(&self, name: &str) -> Result<Option<Symbol>, SchemaError> {
        if let Some((origin, file)) = self.find(name).await? {
            // A source may answer with a file that only it believes to hold the name.
            let Some(kind) = file.outline().kind(name) else { return Ok(None) };
            let closure = self.linked(origin, vec![file]).await?;
            closure.sound(name)?;
            return Ok(Some(Symbol { name: name.to_owned(), kind, closure }));
        }
        // A value is declared beside its enum, but is often named below it.
        let Some((owner, value)) = name.rsplit_once('.') else { return Ok(None) };
        let Some((origin, file)) = self.find(owner).await? else { return Ok(None) };
        if file.outline().kind(owner) != Some(SymbolKind::Enum) {
            return Ok(None);
        }
        let closure = self.linked(origin, vec![file]).await?;
        closure.sound(owner)?;
        let known = closure.descriptors().enum_by_name(owner).and_then(|e| e.value_by_name(value)).is_some();
        let beside = owner.rfind('.').map_or(String::new(), |dot| owner[..=dot].to_owned());
        let name = beside + value;
        Ok(known.then_some(Symbol { name, kind: SymbolKind::EnumValue, closure }))
    }

    async fn methods_exactly(&self, service: &str) -> Result<Option<Vec<Method>>, SchemaError> {
        let Some((origin, file)) = self.find(service).await? else { return Ok(None) };
        if file.outline().kind(service) != Some(SymbolKind::Service) {
            return Ok(None);
        }
        let closure = self.linked(origin, vec![file]).await?;
        match methods_of(&closure, service) {
            // Not even its names can be read.
            None => closure.sound(service).map(|()| None),
            methods => Ok(methods),
        }
    }

    async fn method_by_suffix(&self, asked: &str, service: Option<&str>) -> Result<Method, SchemaError> {
        let dotted = asked.replace('/', ".");
        let mut known = Vec::new();
        for tier in self.tiers() {
            let services = self.services_of(&tier).await?;
            let mut meant = Vec::new();
            let fits = |name: &str| service.is_none_or(|service| is_suffix(name, service));
            let fitting: Vec<_> = services.iter().filter(|(name, _)| fits(name)).collect();
            for &index in &tier {
                let its = fitting.iter().filter(|(_, origin)| **origin == index);
                let questions: Vec<_> = its.map(|(name, _)| Question::Symbol(name)).collect();
                self.sources()[index].want(&questions).await?;
            }
            for (name, &origin) in fitting {
                for method in self.method_names(origin, name).await? {
                    if is_suffix(&format!("{name}.{method}"), &dotted) {
                        meant.push(format!("{name}/{method}"));
                    } else {
                        known.push(format!("{name}/{method}"));
                    }
                }
            }
            if let Some(found) = only("method", asked, meant)?
                && let Some((service, method)) = found.rsplit_once('/')
                && let Some(methods) = self.methods_exactly(service).await?
                && let Some(found) = methods.into_iter().find(|known| known.name() == method)
            {
                found.closure().sound(&format!("{service}.{method}"))?;
                return Ok(found);
            }
            // Nothing fits: look closer at the services that are near, and at one that was named alone.
            let names: Vec<&str> = services.keys().map(String::as_str).collect();
            let mut close = nearest(service.unwrap_or(asked), names.iter().copied(), SUGGESTED);
            let alone = names.iter().filter(|name| is_suffix(name, asked));
            close.extend(alone.clone());
            close.sort_unstable();
            close.dedup();
            for name in close {
                let methods = self.method_names(services[name], name).await?;
                known.extend(methods.into_iter().map(|method| format!("{name}/{method}")));
            }
            if let Some(name) = alone.copied().next() {
                let below = format!("{name}/");
                let methods = known.into_iter().filter(|method| method.starts_with(&below)).collect();
                return Err(SchemaError::not_found(
                    format!("'{name}' is a service: a method of it is wanted"),
                    methods,
                ));
            }
        }
        known.sort();
        known.dedup();
        Err(self.unknown("method", asked, near(&dotted, &known)))
    }

    /// The sources in the groups in which a short name is looked for: all that have their files at hand
    /// together, then each of the others.
    pub(super) fn tiers(&self) -> Vec<Vec<usize>> {
        let (at_hand, others): (Vec<_>, Vec<_>) =
            (0..self.sources().len()).partition(|&index| self.sources()[index].declarations().is_some());
        let others = others.into_iter().map(|index| vec![index]);
        std::iter::once(at_hand).chain(others).filter(|tier| !tier.is_empty()).collect()
    }

    /// The services of some sources that a short name may mean, each with the first source that has it.
    async fn services_of(&self, tier: &[usize]) -> Result<BTreeMap<String, usize>, SchemaError> {
        let mut services = BTreeMap::new();
        for &index in tier {
            for name in self.sources()[index].services().await? {
                if !is_infrastructure(&name) {
                    services.entry(name).or_insert(index);
                }
            }
        }
        Ok(services)
    }

    /// The names of a service's methods, read without linking anything.
    async fn method_names(&self, source: usize, service: &str) -> Result<Vec<String>, SchemaError> {
        let methods = self.sources()[source].methods(service).await?;
        Ok(methods.into_iter().map(|method| method.name).collect())
    }

    /// Shows every declaration in which a short name is looked for: of one of [`Schema::tiers`], or, without one,
    /// of the bundled files, which come last.
    pub(super) async fn walk(
        &self,
        tier: Option<&[usize]>,
        see: &mut dyn FnMut(Declared<'_>),
    ) -> Result<(), SchemaError> {
        let Some(tier) = tier else {
            bundled::set().walk(Depth::Whole, see);
            return Ok(());
        };
        for &index in tier {
            let source = self.sources()[index].as_ref();
            if let Some(declarations) = source.declarations() {
                declarations.walk(Depth::Whole, see);
                continue;
            }
            for file in reach(self.sources(), Origin::Given(index), roots_of(source).await?).await?.files {
                file.outline().walk(Depth::Whole, see);
            }
        }
        Ok(())
    }
}

/// Whether a name may be suggested for one that is not there: nobody who slips means an option of
/// google/protobuf, unless he says so.
pub(super) fn is_suggested(name: &str, asked: &str) -> bool {
    let theirs = ["google.protobuf.", "pb."];
    !theirs.iter().any(|package| name.starts_with(package)) || asked.starts_with("google.")
}

/// Whether `asked` is the whole of a name or its last components.
pub(super) fn is_suffix(name: &str, asked: &str) -> bool {
    !asked.is_empty()
        && name.strip_suffix(asked).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether `asked` names a value as if it were declared in its enum, which stands before it.
fn is_below(around: &str, value: &str, asked: &str) -> bool {
    let own = value.rsplit('.').next().unwrap_or(value);
    asked.ends_with(own) && is_suffix(&format!("{around}.{own}"), asked)
}

/// The one name that was meant, if any was.
pub(super) fn only(what: &str, asked: &str, mut meant: Vec<String>) -> Result<Option<String>, SchemaError> {
    meant.sort();
    meant.dedup();
    if meant.len() > 1 {
        let shown = meant.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match meant.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("{what} '{asked}' is ambiguous: it may be {shown}{more}");
        return Err(SchemaError::ambiguous(message, meant));
    }
    Ok(meant.pop())
}

pub(super) fn near(wanted: &str, known: &[String]) -> Vec<String> {
    let found = nearest(wanted, known.iter().map(String::as_str), SUGGESTED);
    found.into_iter().map(ToOwned::to_owned).collect()
}
