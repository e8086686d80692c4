//! The requests of one call as they are taken, one at a time, and what is kept of them.

use bytes::Bytes;

use super::course::Stop;
use super::journalist::Journalist;
use crate::leaf::{Code, Size};
use crate::protocol::Status;
use crate::server::Requests;
use crate::transcode::Plan;

/// What has come of a call's requests.
pub(super) struct Intake<'c> {
    requests: &'c mut Requests,
    plan: &'c Plan,
    most: Size,
    /// How many have come.
    pub(super) number: usize,
    pub(super) first: Option<Bytes>,
    pub(super) latest: Option<Bytes>,
    /// All of them, while they are gathered.
    pub(super) all: Vec<Bytes>,
    gathers: bool,
    /// The bytes of all.
    pub(super) size: usize,
}

impl<'c> Intake<'c> {
    pub(super) fn new(requests: &'c mut Requests, plan: &'c Plan, most: Size) -> Self {
        let (first, latest, all) = (None, None, Vec::new());
        Self { requests, plan, most, number: 0, first, latest, all, gathers: false, size: 0 }
    }

    /// Whether all requests are to be kept, from the first on; those that were are let go when not.
    pub(super) fn gather(&mut self, gathers: bool) {
        self.gathers = gathers;
        if !gathers {
            self.all = Vec::new();
        }
    }

    /// What was taken, where it was gathered or is one.
    pub(super) fn taken(&mut self) -> Vec<Bytes> {
        if self.all.is_empty() {
            self.latest.take().into_iter().collect()
        } else {
            std::mem::take(&mut self.all)
        }
    }

    /// Takes the next request, and says whether there was one. It is looked whether it is one at all: required fields
    /// and all, whatever a rule makes of it.
    pub(super) async fn next(&mut self, journalist: &Journalist) -> Result<bool, Stop> {
        let Some(wire) = self.requests.next().await else {
            journalist.half_close();
            return Ok(false);
        };
        self.take(wire?, journalist)?;
        Ok(true)
    }

    /// Takes the request of a method that has exactly one.
    pub(super) async fn only(&mut self, journalist: &Journalist) -> Result<(), Stop> {
        let wire = self.requests.only().await?;
        self.take(wire, journalist)?;
        journalist.half_close();
        Ok(())
    }

    fn take(&mut self, wire: Bytes, journalist: &Journalist) -> Result<(), Stop> {
        journalist.request(self.plan, &wire);
        self.plan.check(&wire).map_err(|error| {
            let message = format!("the request is no {}{}", self.plan.type_name(), error.cause());
            Status::new(Code::INTERNAL, message)
        })?;
        self.number += 1;
        self.size = self.size.saturating_add(wire.len());
        if self.gathers {
            // An empty message costs memory too.
            let taken = self.size.saturating_add((self.all.len() + 1).saturating_mul(size_of::<Bytes>()));
            if taken > self.most.get() {
                let message = format!("the requests together are larger than {}", self.most);
                return Err(Status::new(Code::RESOURCE_EXHAUSTED, message).into());
            }
            self.all.push(wire.clone());
        }
        if self.number == 1 {
            self.first = Some(wire.clone());
        }
        self.latest = Some(wire);
        Ok(())
    }
}
