//! A schema is asked like any of its sources: that is what our own reflection service does.

use std::sync::Arc;

use super::{File, Schema, SchemaError, Source};

#[async_trait::async_trait]
impl Source for Schema {
    fn name(&self) -> String {
        self.sources().iter().map(|source| source.name()).collect::<Vec<_>>().join(", ")
    }

    async fn services(&self) -> Result<Vec<String>, SchemaError> {
        Self::services(self).await
    }

    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        Self::file(self, name).await
    }

    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        Self::symbol(self, name).await
    }

    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        Self::extensions(self, message).await
    }

    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        Self::extension(self, message, number).await
    }
}
