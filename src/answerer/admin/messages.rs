//! The messages of `greet.admin.v1` (`proto/admin.proto`), by hand, as no code is generated here.

use prost::Message;

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct AddRulesRequest {
    #[prost(string, tag = "1")]
    pub(super) rules: String,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    /// 0 is first, 1 is last.
    #[prost(int32, tag = "3")]
    pub(super) position: i32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct AddRulesResponse {
    #[prost(string, repeated, tag = "1")]
    pub(super) ids: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct RemoveRulesRequest {
    #[prost(string, repeated, tag = "1")]
    pub(super) ids: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct RemoveRulesResponse {
    #[prost(uint32, tag = "1")]
    pub(super) removed: u32,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ListRulesResponse {
    #[prost(message, repeated, tag = "1")]
    pub(super) rules: Vec<Listed>,
}

/// `Rule`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Listed {
    #[prost(string, tag = "1")]
    pub(super) id: String,
    #[prost(string, tag = "2")]
    pub(super) place: String,
    #[prost(string, tag = "3")]
    pub(super) method: String,
    #[prost(uint64, tag = "4")]
    pub(super) count: u64,
}

#[derive(Clone, PartialEq, Eq, Message)]
#[expect(clippy::struct_excessive_bools, reason = "it is the message")]
pub(super) struct ResetRequest {
    #[prost(bool, tag = "1")]
    pub(super) counters: bool,
    #[prost(bool, tag = "2")]
    pub(super) state: bool,
    #[prost(bool, tag = "3")]
    pub(super) journal: bool,
    #[prost(bool, tag = "4")]
    pub(super) rules: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ReadJournalRequest {
    #[prost(string, tag = "1")]
    pub(super) method: String,
    #[prost(bool, tag = "2")]
    pub(super) follow: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct VerifyRequest {
    #[prost(string, tag = "1")]
    pub(super) method: String,
    #[prost(string, repeated, tag = "2")]
    pub(super) r#where: Vec<String>,
    #[prost(uint32, optional, tag = "3")]
    pub(super) times: Option<u32>,
    #[prost(uint32, optional, tag = "4")]
    pub(super) at_least: Option<u32>,
    #[prost(uint32, optional, tag = "5")]
    pub(super) at_most: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct VerifyResponse {
    #[prost(bool, tag = "1")]
    pub(super) holds: bool,
    #[prost(uint64, tag = "2")]
    pub(super) count: u64,
    #[prost(uint64, tag = "3")]
    pub(super) of_method: u64,
    #[prost(string, tag = "4")]
    pub(super) said: String,
    #[prost(string, repeated, tag = "5")]
    pub(super) others: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct SetHealthRequest {
    #[prost(string, tag = "1")]
    pub(super) service: String,
    /// 0 is unknown, 1 serving, 2 not serving.
    #[prost(int32, tag = "2")]
    pub(super) status: i32,
}

/// Every message without fields.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Nothing {}
