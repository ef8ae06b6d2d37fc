//! Between the state and the log's writer: bodies out, answers back as events.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Message;
use crate::Result;
use crate::app::{Event, Look, Verdict, view_seen};
use crate::decisions::{Answer, Conclusion, LogSettings, Request, ScanBlock, ViewsSeen, Writer};
use crate::messages::say;
use crate::scan::Opened;
use crate::text::Safe;

/// The writer, and what was asked of it.
pub(super) struct Recording {
    writer: Option<Writer>,
    analyst: Safe,
    asked: HashMap<u64, Option<Conclusion>>,
    outcomes: HashSet<u64>,
}

impl Recording {
    /// Starts the log's thread; its answers come through the channel.
    pub(super) fn start(settings: LogSettings, sender: Sender<Message>) -> Result<Self> {
        let analyst = Safe::from_outside(&settings.analyst);
        let writer = Writer::start(settings, move |answer| {
            // When nobody listens any more the console is leaving.
            drop(sender.send(Message::Log(answer)));
        })?;
        Ok(Self {
            writer: Some(writer),
            analyst,
            asked: HashMap::new(),
            outcomes: HashSet::new(),
        })
    }

    /// Hands over a record that the console waits for.
    pub(super) fn record(&mut self, request: Request) -> Result<()> {
        if let Request::Outcome { token, .. } = &request {
            self.outcomes.insert(*token);
        } else if let Some(token) = request.token() {
            self.asked.insert(token, request.conclusion());
        }
        self.send(request)
    }

    /// Hands over how an undecided scan was looked at.
    pub(super) fn note_views(&self, opened: &Opened, looks: &[Look]) {
        let scan = ScanBlock::of(opened);
        let views = looks.iter().map(view_seen).collect();
        // A writer that has ended says so at the next decision.
        let _ = self.send(Request::Views(ViewsSeen {
            scan_id: scan.scan_id,
            views,
        }));
    }

    /// Hands a request over.
    fn send(&self, request: Request) -> Result<()> {
        match &self.writer {
            Some(writer) => writer.send(request),
            None => Err(crate::Error::NotPossible {
                why: say("log-writer-ended", &[]),
            }),
        }
    }

    /// What an answer means to the analyst.
    pub(super) fn events(&mut self, answer: Answer) -> Vec<Event> {
        match answer {
            Answer::Opened { warnings, .. } => {
                warnings.into_iter().take(1).map(Event::LogNotice).collect()
            }
            Answer::NotOpened { why } | Answer::Warning(why) => vec![Event::LogNotice(why)],
            Answer::Recorded { token, .. } if self.outcomes.remove(&token) => {
                vec![Event::OutcomeRecorded { token }]
            }
            Answer::Recorded { token, id, .. } => {
                let conclusion = self.asked.remove(&token);
                let verdict = conclusion.map(|conclusion| {
                    let word = conclusion.map_or("", Conclusion::as_str);
                    let now = clock_time(&Zoned::now());
                    Verdict::first(word, now, self.analyst.clone(), &id)
                });
                let recorded = verdict.map(|verdict| Event::Recorded { token, verdict });
                recorded.into_iter().collect()
            }
            Answer::NotRecorded { token, why, offer } => {
                let offered = offer.map(Event::LogOffered).into_iter();
                offered.chain([Event::NotRecorded { token, why }]).collect()
            }
            Answer::Closed { .. } => Vec::new(),
        }
    }

    /// Ends the segment; the next record begins another.
    pub(super) fn close(&self) -> Result<()> {
        self.send(Request::Close)
    }

    /// Goes on in a segment of another analyst.
    pub(super) fn hand_over(&mut self, analyst: String) -> Result<()> {
        self.analyst = Safe::from_outside(&analyst);
        self.send(Request::HandOver { analyst })
    }

    /// Goes on in another folder.
    pub(super) fn use_folder(&self, folder: PathBuf) -> Result<()> {
        self.send(Request::UseFolder(folder))
    }

    /// Finishes what was sent and ends the segment, at most for `limit`; whether it ended.
    pub(super) fn finish_within(&mut self, limit: Duration) -> bool {
        let writer = self.writer.take();
        writer.is_none_or(|writer| writer.finish_within(limit))
    }
}

/// A record's time on the clock of this place; a time that cannot be read is shown as it stands.
pub(super) fn local_time(at: &str) -> Safe {
    match at.parse::<Timestamp>() {
        Ok(time) => clock_time(&time.to_zoned(TimeZone::system())),
        Err(_) => Safe::from_outside(at),
    }
}

/// Day and minute.
fn clock_time(time: &Zoned) -> Safe {
    Safe::from_outside(&time.strftime("%Y-%m-%d %H:%M").to_string())
}
