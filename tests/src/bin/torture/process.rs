//! The processes: this binary again, in another role.

use std::io;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::wire::{Place, Said, ToWorld, WorldPlan, listen, tell};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    World,
    Life(u64),
}

pub(crate) type Post = (Who, Option<Said>);

/// A process, which is killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
}

impl Process {
    pub(crate) fn start(role: &str, who: Who, plan: &impl Serialize, to: &Sender<Post>) -> Result<Process> {
        let own = std::env::current_exe()?;
        let mut child = Command::new(own)
            .arg(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("the role {role}"))?;
        let output = child.stdout.take().context("it has an output")?;
        let mut input = child.stdin.take().context("it has an input")?;
        tell(&mut input, plan)?;
        listen(output, who, to.clone());
        Ok(Process { child, input: Some(input) })
    }

    /// Ends it by SIGKILL, and waits until it is gone.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self, patience: Duration) -> Result<()> {
        self.input = None;
        let since = Instant::now();
        while self.child.try_wait()?.is_none() {
            if since.elapsed() > patience {
                bail!("a process does not end");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.kill();
    }
}

/// The process of the providers.
pub(crate) struct World {
    process: Process,
    pub(crate) places: Vec<Place>,
}

impl World {
    pub(crate) fn start(plan: &WorldPlan, to: &Sender<Post>, from: &Receiver<Post>) -> Result<World> {
        let process = Process::start("providers", Who::World, plan, to)?;
        loop {
            match from.recv_timeout(Duration::from_secs(30)).context("the providers do not start")? {
                (Who::World, Some(Said::Ready(places))) => return Ok(World { process, places }),
                (Who::World, said) => bail!("the providers do not start: {said:?}"),
                // Of an earlier round.
                (Who::Life(_), _) => {}
            }
        }
    }

    pub(crate) fn tell(&mut self, told: &ToWorld) -> Result<()> {
        let input = self.process.input.as_mut().context("the providers listen")?;
        Ok(tell(input, told)?)
    }

    /// Ends it; what it complains of last.
    pub(crate) fn end(mut self, from: &Receiver<Post>) -> Result<Option<String>> {
        self.process.wait(Duration::from_secs(20))?;
        let mut complaint = None;
        while let Ok((who, said)) = from.recv_timeout(Duration::from_secs(5)) {
            match said {
                Some(Said::Failed(why)) if who == Who::World => complaint = Some(why),
                None if who == Who::World => break,
                _ => {}
            }
        }
        Ok(complaint)
    }
}
