//! Everything that this process logs and measures.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_util::registry::{AtomicStorage, Registry};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Takes what is logged through `tracing`, spans and their fields included.
struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes what crates below log through `log`. Nothing is filtered: a service may pass all of it on.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

/// Keeps what is measured.
struct Measured(Arc<Registry<Key, AtomicStorage>>);

impl Recorder for Measured {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.0.get_or_create_counter(key, |counter| Counter::from_arc(Arc::clone(counter)))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.0.get_or_create_gauge(key, |gauge| Gauge::from_arc(Arc::clone(gauge)))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.0.get_or_create_histogram(key, |histogram| Histogram::from_arc(Arc::clone(histogram)))
    }
}

static BEGUN: LazyLock<Arc<Registry<Key, AtomicStorage>>> = LazyLock::new(|| {
    let subscriber =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_span_events(FmtSpan::NEW | FmtSpan::CLOSE);
    subscriber.with_ansi(false).with_writer(|| Writer).init();
    log::set_logger(&Logger).expect("nobody else logs");
    log::set_max_level(log::LevelFilter::Trace);
    let registry = Arc::new(Registry::atomic());
    let recorder = Measured(Arc::clone(&registry));
    assert!(metrics::set_global_recorder(recorder).is_ok(), "nobody else records");
    registry
});

/// Begins to capture; before that, nothing is.
pub(crate) fn begin() {
    LazyLock::force(&BEGUN);
}

/// What was logged so far.
pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// One series of a measure, and how often it was told where it is no gauge.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: f64,
}

impl Series {
    pub(crate) fn has(&self, label: &str, value: &str) -> bool {
        self.labels.iter().any(|(name, is)| name == label && is == value)
    }
}

/// What was measured so far. Nothing is taken away by looking.
pub(crate) fn measured() -> Vec<Series> {
    let series = |key: Key, value: f64| Series {
        name: key.name().to_owned(),
        labels: key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect(),
        value,
    };
    let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let (counters, gauges) = (BEGUN.get_counter_handles(), BEGUN.get_gauge_handles());
    let counters = counters.into_iter().map(|(key, value)| series(key, count(value.load(Ordering::SeqCst))));
    let gauges = gauges.into_iter().map(|(key, value)| series(key, f64::from_bits(value.load(Ordering::SeqCst))));
    let histograms = BEGUN.get_histogram_handles().into_iter();
    let histograms = histograms.map(|(key, values)| series(key, count(values.data().len() as u64)));
    counters.chain(gauges).chain(histograms).collect()
}
