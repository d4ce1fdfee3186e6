//! Ctrl-C and SIGTERM in a call.

use std::process;
use std::sync::{Arc, OnceLock};

use scf_invoke::Delivery;

use crate::emulated::Stopper;
use crate::error::CommandError;
use crate::output::{self, Form};
use crate::waiting::Waiting;

/// The signal that ended a call, if any.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<OnceLock<Delivery>>);

impl Interrupt {
    /// Ends the program at the first signal, and says whether the function may
    /// have run.
    ///
    /// A call in an emulator ends itself once the emulator is stopped, so that
    /// no function is left behind.
    pub(crate) fn watch(&self, form: Form, waiting: &Arc<Waiting>, emulator: Option<Stopper>) {
        let (interrupt, waiting) = (self.clone(), Arc::clone(waiting));
        // If no handler can be set, a signal ends the program without a message.
        let _ = ctrlc::set_handler(move || {
            let _ = interrupt.0.set(waiting.delivery());
            if let Some(emulator) = &emulator {
                emulator.stop();
                return;
            }
            waiting.freeze();
            let error = CommandError::Interrupted(waiting.delivery());
            let _ = output::error(form, &error);
            error.report();
            process::exit(error.code().into());
        });
    }

    /// Returns the error of a call that was interrupted.
    pub(crate) fn error(&self) -> Option<CommandError> {
        self.0.get().copied().map(CommandError::Interrupted)
    }
}
