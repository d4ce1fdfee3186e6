//! The instances that there are, for tools that show them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::changes::{Change, Changes};

/// The state of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstanceState {
    /// Its process starts and is not ready.
    Starting,
    /// It waits for a call.
    Idle,
    /// It runs an invocation, or works on after its answer.
    Running,
    /// Its processes are being ended.
    Stopping,
    /// They are gone. It is listed no more.
    Ended,
}

impl InstanceState {
    /// Returns its name in the control interface.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Ended => "ended",
        }
    }
}

/// One instance, as it is now.
#[derive(Clone, Debug)]
pub(crate) struct InstanceInfo {
    pub(crate) function_name: String,
    /// Counts the instances of the function, from 1 on.
    pub(crate) number: u64,
    pub(crate) version: String,
    pub(crate) state: InstanceState,
    /// The time of its last change of state.
    pub(crate) since: SystemTime,
    pub(crate) started: SystemTime,
    pub(crate) pid: Option<u32>,
    /// The invocation that runs in it, or ran last.
    pub(crate) function_request_id: Option<String>,
    /// The memory of all its processes, when it was last measured.
    pub(crate) memory_bytes: u64,
}

/// All instances.
#[derive(Debug)]
pub(crate) struct Instances {
    changes: Changes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the last instance of each function.
    last: HashMap<String, u64>,
    next_key: u64,
    listed: BTreeMap<u64, InstanceInfo>,
}

impl Instances {
    pub(crate) fn new(changes: Changes) -> Self {
        Self { changes, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all, those of a function in the order of their numbers, with the memory that
    /// `measure` finds for a process.
    pub(crate) fn list(&self, measure: impl Fn(u32) -> Option<u64>) -> Vec<InstanceInfo> {
        let mut all: Vec<InstanceInfo> = self.lock().listed.values().cloned().collect();
        for one in &mut all {
            one.memory_bytes = one.pid.and_then(&measure).unwrap_or(one.memory_bytes);
        }
        all.sort_by(|a, b| (&a.function_name, a.number).cmp(&(&b.function_name, b.number)));
        all
    }

    /// Lists a new instance, which starts for this invocation if there is one.
    pub(crate) fn add(
        self: &Arc<Self>,
        function_name: &str,
        version: &str,
        function_request_id: &str,
    ) -> ListedInstance {
        let mut state = self.lock();
        state.next_key += 1;
        let key = state.next_key;
        let last = state.last.entry(function_name.to_owned()).or_default();
        *last += 1;
        let number = *last;
        let now = SystemTime::now();
        let info = InstanceInfo {
            function_name: function_name.to_owned(),
            number,
            version: version.to_owned(),
            state: InstanceState::Starting,
            since: now,
            started: now,
            pid: None,
            function_request_id: (!function_request_id.is_empty())
                .then(|| function_request_id.to_owned()),
            memory_bytes: 0,
        };
        state.listed.insert(key, info.clone());
        drop(state);
        self.changes.send(|| Change::Instance(info));
        ListedInstance { instances: Arc::clone(self), key, number }
    }
}

/// An instance's line in the list; it goes with the instance.
#[derive(Debug)]
pub(crate) struct ListedInstance {
    instances: Arc<Instances>,
    key: u64,
    pub(crate) number: u64,
}

impl ListedInstance {
    /// Changes the line; readers get to know where its state is another one.
    fn update(&self, change: impl FnOnce(&mut InstanceInfo)) {
        let mut state = self.instances.lock();
        let Some(info) = state.listed.get_mut(&self.key) else { return };
        let before = info.state;
        change(info);
        if info.state == before {
            return;
        }
        info.since = SystemTime::now();
        let info = info.clone();
        drop(state);
        self.instances.changes.send(|| Change::Instance(info));
    }

    pub(crate) fn set_state(&self, state: InstanceState) {
        self.update(|info| info.state = state);
    }

    pub(crate) fn set_pid(&self, pid: Option<u32>) {
        self.update(|info| info.pid = pid);
    }

    pub(crate) fn set_memory(&self, bytes: u64) {
        self.update(|info| info.memory_bytes = bytes);
    }

    /// Notes that it runs an invocation.
    pub(crate) fn runs(&self, function_request_id: &str) {
        self.update(|info| {
            info.state = InstanceState::Running;
            info.function_request_id = Some(function_request_id.to_owned());
        });
    }
}

impl Drop for ListedInstance {
    fn drop(&mut self) {
        self.set_state(InstanceState::Ended);
        self.instances.lock().listed.remove(&self.key);
    }
}
