//! `kassa-codegen survey`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use kassa_codegen::survey::{self, Doing, Plan, Progress, Survey};

/// A survey.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with the documents
    folder: PathBuf,
    /// Compile the crates of so many documents, over all sizes
    #[arg(long, value_name = "N", default_value_t = 0)]
    compile: usize,
    /// Where the crates find `kassa-core`: a folder
    #[arg(long, default_value = "runtime/core")]
    core: PathBuf,
    /// Where they are written and compiled
    #[arg(long, default_value = "target/survey")]
    work: PathBuf,
    /// Write what is told of each document into this file, a note on a line
    #[arg(long, value_name = "FILE")]
    notes: Option<PathBuf>,
    /// Draw time by size into this SVG file
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Runs a survey, with a bar on a terminal while it runs, and prints its table.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match survey(arguments) {
        Ok(survey) => {
            crate::print(&survey.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn survey(arguments: &Arguments) -> io::Result<Survey> {
    // Told before, and not behind an hour of work.
    for file in arguments.plot.iter().chain(&arguments.notes) {
        std::fs::write(file, "").map_err(|error| survey::at(file, &error))?;
    }
    std::fs::create_dir_all(&arguments.work).map_err(|error| survey::at(&arguments.work, &error))?;
    let plan = Plan {
        folder: arguments.folder.clone(),
        generator: std::env::current_exe()?,
        compile: arguments.compile,
        core: arguments.core.clone(),
        work: std::path::absolute(&arguments.work)?,
    };
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:40}] {pos} of {len}, {eta} left") {
        bar.set_style(style.progress_chars("##-"));
    }
    let survey = survey::run(&plan, &|progress| show(&bar, progress))?;
    bar.finish_and_clear();
    if let Some(file) = &arguments.plot {
        std::fs::write(file, survey::plot(&survey)).map_err(|error| survey::at(file, &error))?;
    }
    if let Some(file) = &arguments.notes {
        let notes: String = survey.documents.iter().flat_map(|of| &of.notes).map(|note| format!("{note}\n")).collect();
        std::fs::write(file, notes).map_err(|error| survey::at(file, &error))?;
    }
    Ok(survey)
}

fn show(bar: &ProgressBar, progress: Progress) {
    let doing = match progress.doing {
        Doing::Generating => "generating",
        Doing::Compiling => "compiling",
    };
    if bar.message() != doing {
        bar.reset();
        bar.set_message(doing);
    }
    bar.set_length(progress.of as u64);
    bar.set_position(progress.done as u64);
}
