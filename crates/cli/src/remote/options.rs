use clap::Args;
use iam_model::Secret;

/// Which installation is asked, as whom, on which tenant.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Where, and as whom")]
pub(crate) struct Remote {
    /// The base URL of the installation.
    #[arg(long, global = true, env = "IAM_URL", value_name = "URL")]
    pub(crate) url: Option<String>,
    /// An API key; `-` reads it from standard input. Better in the variable than on the command
    /// line, where others can see it.
    #[arg(
        long,
        global = true,
        env = "IAM_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub(crate) key: Option<Secret<String>>,
    /// The tenant to act on, if it is another than one's own.
    #[arg(long, global = true, env = "IAM_TENANT", value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// Which of several saved logins to use.
    #[arg(
        long,
        global = true,
        env = "IAM_PROFILE",
        value_name = "NAME",
        default_value = "default"
    )]
    pub(crate) profile: String,
    /// Send credentials over plain http to another machine: whoever is on the way can read them.
    #[arg(long, global = true)]
    pub(crate) allow_http: bool,
    /// Print the API's JSON: one object, or one array.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Remote {
    /// The ids of these options, for commands that know none of this.
    pub(crate) const IDS: [&str; 6] = ["url", "key", "tenant", "profile", "allow_http", "json"];

    /// What is said of the options by a variable that is empty is nothing.
    pub(crate) fn without_empty(mut self) -> Self {
        self.url = self.url.filter(|text| !text.is_empty());
        self.key = self.key.filter(|text| !text.expose().is_empty());
        self.tenant = self.tenant.filter(|text| !text.is_empty());
        self
    }
}
