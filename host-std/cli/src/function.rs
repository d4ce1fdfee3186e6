//! The options that say which function runs, and how.

use clap::{Args, ValueEnum};
use scf_invoke::{Action, Invocation};

#[derive(Args)]
pub(crate) struct Function {
    /// The function's name
    pub(crate) name: String,
    /// The function's namespace [default: default]
    #[arg(long)]
    pub(crate) namespace: Option<String>,
    /// The version or alias to run [default: $LATEST; of InvokeFunction: $DEFAULT]
    #[arg(long)]
    pub(crate) qualifier: Option<String>,
    /// Choose among an alias's versions by this JSON object of strings, at most 1024 bytes
    #[arg(long, value_name = "JSON")]
    pub(crate) routing_key: Option<String>,
    /// The action that runs the function
    #[arg(long, value_enum, value_name = "ACTION", default_value = "Invoke")]
    pub(crate) action: ActionName,
}

impl Function {
    pub(crate) fn invocation(&self) -> Invocation<'_> {
        let mut invocation = Invocation::new(&self.name).action(self.action.into());
        if let Some(namespace) = &self.namespace {
            invocation = invocation.namespace(namespace);
        }
        if let Some(qualifier) = &self.qualifier {
            invocation = invocation.qualifier(qualifier);
        }
        if let Some(key) = &self.routing_key {
            invocation = invocation.routing_key(key);
        }
        invocation
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ActionName {
    #[value(name = "Invoke")]
    Invoke,
    #[value(name = "InvokeFunction")]
    InvokeFunction,
}

impl From<ActionName> for Action {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Invoke => Self::Invoke,
            ActionName::InvokeFunction => Self::InvokeFunction,
        }
    }
}
