use anyhow::Result;
use serde_json::Value;

use super::{
    args::{Erased, Shown},
    body::Body,
    output::show,
    resource::Resource,
};
use crate::{
    console::{harmless, print, say},
    remote::{Answer, Call, Session, segment},
};

impl Session {
    /// Makes one, and shows it.
    pub(crate) async fn create(&self, resource: &Resource, body: Body) -> Result<()> {
        let call = Call::create(resource.all()).json(&body.whole());
        let answer = self.api.send(&call).await?;
        show(&answer, self.json)
    }

    /// Shows one; a deleted one too.
    pub(crate) async fn show(&self, resource: &Resource, shown: &Shown) -> Result<()> {
        let key = self.key_of_any(resource, &shown.name).await?;
        let call = Call::get(resource.one(&key)).query("fields", shown.fields.as_deref());
        show(&self.api.send(&call).await?, self.json)
    }

    /// The one with this key, as it is.
    pub(crate) async fn read(&self, resource: &Resource, key: &str) -> Result<Answer> {
        self.api.send(&Call::get(resource.one(key))).await
    }

    /// Changes one, unless somebody else does meanwhile, and shows it. `patch` is told how it is.
    pub(crate) async fn change(
        &self,
        resource: &Resource,
        name: &str,
        patch: impl FnOnce(&Value) -> Result<Body>,
    ) -> Result<()> {
        let key = self.key_of(resource, name).await?;
        let current = self.read(resource, &key).await?;
        let patch = patch(&current.read()?)?.patch()?;
        let call = Call::patch(resource.one(&key))
            .if_match(current.etag())
            .json(&patch);
        show(&self.api.send(&call).await?, self.json)
    }

    /// Deletes one, unless somebody else changes it meanwhile.
    pub(crate) async fn delete(&self, resource: &Resource, name: &str) -> Result<()> {
        let key = self.key_of(resource, name).await?;
        let current = self.read(resource, &key).await?;
        let call = Call::delete(resource.one(&key)).if_match(current.etag());
        self.api.send(&call).await?;
        say(format!("{} {} is deleted", resource.noun, harmless(name)));
        Ok(())
    }

    /// Removes one for good, deleted before or not.
    pub(crate) async fn erase(&self, resource: &Resource, erased: &Erased) -> Result<()> {
        let key = self.key_of_any(resource, &erased.name).await?;
        let current = self.read(resource, &key).await?;
        erased.confirm(resource.noun)?;
        let path = format!("{}:erase", resource.one(&key));
        let call = Call::post(path).if_match(current.etag());
        self.api.send(&call).await?;
        say(format!(
            "{} {} is erased",
            resource.noun,
            harmless(&erased.name)
        ));
        Ok(())
    }

    /// Does something to one that has no more to it than its name. `done` is what to say then of
    /// the one it was done to.
    pub(crate) async fn act(
        &self,
        resource: &Resource,
        name: &str,
        (verb, done): (&str, &str),
    ) -> Result<()> {
        let key = match verb {
            "restore" => self.key_of_any(resource, name).await?,
            _ => self.key_of(resource, name).await?,
        };
        let answer = self.verb(resource, &key, verb, None).await?;
        let message = format!("{} {} {done}", resource.noun, harmless(name));
        self.done(&answer, &message)
    }

    /// Asks for something to be done to the one with this key.
    pub(crate) async fn verb(
        &self,
        resource: &Resource,
        key: &str,
        verb: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let call = Call::post(format!("{}:{verb}", resource.one(key)));
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        self.api.send(&call).await
    }

    /// Prints the document that `GET {key}:export` gives.
    pub(crate) async fn export(&self, resource: &Resource, name: &str) -> Result<()> {
        let key = self.key_of_any(resource, name).await?;
        let call = Call::get(format!("{}:export", resource.one(&key)));
        let answer = self.api.send(&call).await?;
        // It is for machines, however it is asked for.
        Ok(print(&format!("{}\n", answer.text()?.trim_end()))?)
    }

    /// Puts one thing into another, as a user into a group.
    pub(crate) async fn put_into(
        &self,
        (resource, name): (&Resource, &str),
        (part, inner, inner_name): (&str, &Resource, &str),
    ) -> Result<()> {
        let path = self.part(resource, name, part, inner, inner_name).await?;
        self.api.send(&Call::put(path)).await?;
        say(format!(
            "{} {} has {} {} now",
            resource.noun,
            harmless(name),
            inner.noun,
            harmless(inner_name)
        ));
        Ok(())
    }

    /// Takes one thing out of another.
    pub(crate) async fn take_out_of(
        &self,
        (resource, name): (&Resource, &str),
        (part, inner, inner_name): (&str, &Resource, &str),
    ) -> Result<()> {
        let path = self.part(resource, name, part, inner, inner_name).await?;
        self.api.send(&Call::delete(path)).await?;
        say(format!(
            "{} {} does not have {} {} any more",
            resource.noun,
            harmless(name),
            inner.noun,
            harmless(inner_name)
        ));
        Ok(())
    }

    async fn part(
        &self,
        resource: &Resource,
        name: &str,
        part: &str,
        inner: &Resource,
        inner_name: &str,
    ) -> Result<String> {
        let key = self.key_of(resource, name).await?;
        let inner = self.key_of(inner, inner_name).await?;
        Ok(format!("{}/{part}/{}", resource.one(&key), segment(&inner)))
    }

    /// Says that something is done; the answer is data for who wants JSON.
    pub(crate) fn done(&self, answer: &Answer, message: &str) -> Result<()> {
        if self.json && !answer.body().is_empty() {
            return show(answer, true);
        }
        say(message);
        Ok(())
    }
}
