//! The processes: this binary again, in another role.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::wire::{Place, Said, ToWorld, WorldPlan, listen, tell};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The providers, in which of their lives.
    World(u32),
    Life(u64),
}

pub(crate) type Post = (Who, Option<Said>);

/// A process, which is killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
}

impl Process {
    /// Starts it; where there is a number, it can make no file longer than so many blocks of 512 bytes.
    pub(crate) fn start(
        role: &str,
        who: Who,
        plan: &impl Serialize,
        to: &Sender<Post>,
        blocks: Option<u64>,
    ) -> Result<Process> {
        let own = std::env::current_exe()?;
        let mut command = match blocks {
            None => Command::new(own),
            Some(blocks) => {
                let mut shell = Command::new("sh");
                // Ignored, the signal for it becomes an error of the write.
                shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")).arg(own);
                shell
            }
        };
        let mut child = command
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

    pub(crate) fn tell(&mut self, told: &impl Serialize) -> Result<()> {
        let input = self.input.as_mut().context("it listens")?;
        Ok(tell(input, told)?)
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
    plan: WorldPlan,
    life: u32,
    pub(crate) places: Vec<Place>,
}

impl World {
    pub(crate) fn start(plan: WorldPlan, post: &Exchange) -> Result<World> {
        let (process, places) = begin(&plan, 1, post)?;
        Ok(World { process, plan, life: 1, places })
    }

    pub(crate) fn who(&self) -> Who {
        Who::World(self.life)
    }

    /// Kills it, and starts it again.
    pub(crate) fn restart(&mut self, post: &Exchange) -> Result<()> {
        self.process.kill()?;
        self.life += 1;
        (self.process, self.places) = begin(&self.plan, self.life, post)?;
        Ok(())
    }

    pub(crate) fn tell(&mut self, told: &ToWorld) -> Result<()> {
        self.process.tell(told).context("the providers")
    }

    /// Ends it; what it complains of last.
    pub(crate) fn end(mut self, post: &Exchange) -> Result<Option<String>> {
        self.process.wait(Duration::from_secs(20))?;
        let mut complaint = None;
        while let Some((who, said)) = post.next(Duration::from_secs(5)) {
            match said {
                Some(Said::Failed(why)) if who == self.who() => complaint = Some(why),
                None if who == self.who() => break,
                _ => {}
            }
        }
        Ok(complaint)
    }
}

fn begin(plan: &WorldPlan, life: u32, post: &Exchange) -> Result<(Process, Vec<Place>)> {
    let who = Who::World(life);
    let process = Process::start("providers", who, plan, &post.sender, None)?;
    let mut others = Vec::new();
    let places = loop {
        match post.next(Duration::from_secs(30)).context("the providers do not start")? {
            (from, Some(Said::Ready(places))) if from == who => break places,
            (from, said) if from == who => bail!("the providers do not start: {said:?}"),
            other => others.push(other),
        }
    };
    post.put_back(others);
    Ok((process, places))
}

/// Where all that the processes say comes together.
pub(crate) struct Exchange {
    pub(crate) sender: Sender<Post>,
    receiver: Receiver<Post>,
    /// What has come, and is not looked at yet.
    left: RefCell<VecDeque<Post>>,
}

impl Exchange {
    pub(crate) fn new() -> Exchange {
        let (sender, receiver) = channel();
        Exchange { sender, receiver, left: RefCell::default() }
    }

    /// What comes next, within `patience`.
    pub(crate) fn next(&self, patience: Duration) -> Option<Post> {
        let left = self.left.borrow_mut().pop_front();
        left.or_else(|| self.receiver.recv_timeout(patience).ok())
    }

    fn put_back(&self, posts: Vec<Post>) {
        let mut left = self.left.borrow_mut();
        posts.into_iter().rev().for_each(|post| left.push_front(post));
    }
}
