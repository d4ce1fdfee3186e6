//! `tscf completions`: what a shell needs to complete the command.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Tscf;
use crate::error::CommandError;
use crate::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  tscf completions bash > ~/.local/share/bash-completion/completions/tscf
  tscf completions zsh > \"${fpath[1]}/_tscf\"
  tscf completions fish > ~/.config/fish/completions/tscf.fish
  tscf completions powershell >> $PROFILE";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &Completions) -> Result<(), CommandError> {
    let mut script = vec![];
    clap_complete::generate(arguments.shell, &mut Tscf::command(), "tscf", &mut script);
    print(&script).map_err(CommandError::Output)
}
