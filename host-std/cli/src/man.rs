//! `tscf man`: the manual pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::Tscf;
use crate::error::CommandError;
use crate::stdout::print;

const AFTER_HELP: &str = "\
Examples:
  tscf man | man -l -
  tscf man invoke | man -l -
  tscf man --dir ~/.local/share/man/man1";

#[derive(Args)]
#[command(name = "man", after_help = AFTER_HELP)]
pub(crate) struct ManPages {
    /// The command to print the page of; tscf itself without it
    command: Option<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ManPages) -> Result<(), CommandError> {
    let mut tscf = Tscf::command().disable_help_subcommand(true);
    tscf.build();
    if let Some(dir) = &arguments.dir {
        return clap_mangen::generate_to(tscf, dir).map_err(|error| {
            CommandError::Usage(format!("cannot write pages to {}: {error}", dir.display()))
        });
    }
    let command = match &arguments.command {
        None => tscf,
        Some(name) => tscf.find_subcommand(name).cloned().ok_or_else(|| {
            let names: Vec<_> = tscf.get_subcommands().map(clap::Command::get_name).collect();
            CommandError::Usage(format!(
                "there is no command {name}; there are {}",
                names.join(", ")
            ))
        })?,
    };
    let mut page = vec![];
    Man::new(command).render(&mut page).map_err(CommandError::Output)?;
    print(&page).map_err(CommandError::Output)
}
