//! Schemas for the tests of this room and of those above it.

pub(crate) use crate::schema::sample::closure;

/// A schema with a little of everything.
pub(crate) const SHOP: &str = r#"
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/empty.proto";

service Shop {
  rpc Get(GetRequest) returns (Item);
  rpc List(ListRequest) returns (stream Item);
  rpc Sum(stream Item) returns (Total);
  rpc Talk(stream Line) returns (stream Line);
  rpc Drop(google.protobuf.Empty) returns (google.protobuf.Empty);
}
service Stock { rpc Get(GetRequest) returns (Everything); }

enum Kind { UNKNOWN = 0; BOOK = 1; TOY = 2; }
message GetRequest { int64 id = 1; string name = 2; int64 page_size = 3; }
message ListRequest { int32 count = 1; string page_token = 2; }
message Item { int64 id = 1; string name = 2; Kind kind = 3; double price = 4; repeated string tags = 5; bytes data = 6; }
message Total { int64 count = 1; double price = 2; }
message Line { string text = 1; }
message Problem { string reason = 1; int32 level = 2; }
message Everything {
  int64 id = 1;
  string name = 2;
  bool active = 3;
  float ratio = 4;
  bytes data = 5;
  Kind kind = 6;
  repeated Kind kinds = 7;
  repeated Item items = 8;
  map<string, int32> counts = 9;
  map<int32, Item> by_id = 10;
  google.protobuf.Timestamp created = 11;
  google.protobuf.Duration took = 12;
  google.protobuf.Struct extra = 13;
  google.protobuf.Value value = 14;
  google.protobuf.StringValue nickname = 15;
  google.protobuf.Any any = 16;
  google.protobuf.FieldMask mask = 17;
  google.protobuf.Empty empty = 18;
  oneof choice { string word = 19; int32 number = 20; }
  optional string maybe = 21;
  Everything inner = 22;
  string next_page_token = 23;
  uint64 page_size = 24;
  repeated google.protobuf.Timestamp times = 25;
}
"#;
