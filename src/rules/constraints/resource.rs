//! Names of resources, as a message's `google.api.resource` says them (AIP-122, AIP-123).

use buffa_descriptor::{DescriptorPool, FieldDescriptor, MessageDescriptor};

use super::read::{bytes, fields, text};

/// `google.api.resource` and `google.api.resource_reference`.
const RESOURCE: u32 = 1053;
const REFERENCE: u32 = 1055;
/// So many messages are looked at for the one that a reference means.
const LOOKED_AT: usize = 2_000;

/// A name for a field that holds one: of the message's own resource, or of the one that it refers to.
pub(in crate::rules) fn name(
    pool: &DescriptorPool,
    message: &MessageDescriptor,
    field: &FieldDescriptor,
    n: u64,
) -> Option<String> {
    if let Some(own) = of(message) {
        let name_field = text(&own, 3).unwrap_or("name");
        if field.name() == name_field {
            return text(&own, 2).map(|pattern| filled(pattern, n));
        }
    }
    let options = fields(&buffa::Message::encode_to_vec(field.options()?));
    let reference = fields(bytes(&options, REFERENCE)?);
    let wanted = text(&reference, 1)?.to_owned();
    pool.messages().iter().take(LOOKED_AT).find_map(|other| {
        let other = of(other)?;
        (text(&other, 1) == Some(&wanted)).then(|| text(&other, 2).map(|pattern| filled(pattern, n)))?
    })
}

fn of(message: &MessageDescriptor) -> Option<super::Fields> {
    let options = fields(&buffa::Message::encode_to_vec(message.options()?));
    bytes(&options, RESOURCE).map(fields)
}

/// `projects/{project}/topics/{topic}` with a name for each place.
fn filled(pattern: &str, n: u64) -> String {
    let mut made = String::new();
    for (i, part) in pattern.split('/').enumerate() {
        if i > 0 {
            made.push('/');
        }
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(place) => {
                let place = place.split('=').next().unwrap_or(place);
                made.extend([place, "-", &n.to_string()]);
            }
            None => made.push_str(part),
        }
    }
    made
}
