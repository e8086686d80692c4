//! Options that are no number: the compiler takes the word for the name of an enum's value.

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, UninterpretedOption,
};

/// Makes numbers of the options of a file whose value is `nan`. Whether there was one.
pub(super) fn read_nan(file: &mut FileDescriptorProto) -> bool {
    let mut read = false;
    let mut look = |options: &mut [UninterpretedOption]| {
        for option in options.iter_mut().filter(|option| option.identifier_value.as_deref() == Some("nan")) {
            option.identifier_value = None;
            option.double_value = Some(f64::NAN);
            read = true;
        }
    };
    file.options.iter_mut().for_each(|options| look(&mut options.uninterpreted_option));
    file.message_type.iter_mut().for_each(|message| of_message(message, &mut look));
    file.enum_type.iter_mut().for_each(|enumeration| of_enum(enumeration, &mut look));
    file.extension.iter_mut().for_each(|field| of_field(field, &mut look));
    for service in &mut file.service {
        service.options.iter_mut().for_each(|options| look(&mut options.uninterpreted_option));
        let methods = service.method.iter_mut().filter_map(|method| method.options.as_mut());
        methods.for_each(|options| look(&mut options.uninterpreted_option));
    }
    read
}

fn of_message(message: &mut DescriptorProto, look: &mut dyn FnMut(&mut [UninterpretedOption])) {
    message.options.iter_mut().for_each(|options| look(&mut options.uninterpreted_option));
    message.field.iter_mut().chain(&mut message.extension).for_each(|field| of_field(field, look));
    let oneofs = message.oneof_decl.iter_mut().filter_map(|oneof| oneof.options.as_mut());
    oneofs.for_each(|options| look(&mut options.uninterpreted_option));
    let ranges = message.extension_range.iter_mut().filter_map(|range| range.options.as_mut());
    ranges.for_each(|options| look(&mut options.uninterpreted_option));
    message.enum_type.iter_mut().for_each(|enumeration| of_enum(enumeration, look));
    // As deep as the parser goes, which bounds it.
    message.nested_type.iter_mut().for_each(|nested| of_message(nested, look));
}

fn of_enum(enumeration: &mut EnumDescriptorProto, look: &mut dyn FnMut(&mut [UninterpretedOption])) {
    enumeration.options.iter_mut().for_each(|options| look(&mut options.uninterpreted_option));
    let values = enumeration.value.iter_mut().filter_map(|value| value.options.as_mut());
    values.for_each(|options| look(&mut options.uninterpreted_option));
}

fn of_field(field: &mut FieldDescriptorProto, look: &mut dyn FnMut(&mut [UninterpretedOption])) {
    field.options.iter_mut().for_each(|options| look(&mut options.uninterpreted_option));
}
