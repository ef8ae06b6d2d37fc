//! The rendering thread: from a view to a finished picture, in cells where the terminal takes no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::compare::Bench;
use super::detail::Near;
use super::slot::Slot;
use crate::app::{Lens, LensPlace, RenderJob, Shown};
use crate::cancel::{Cancel, Generations};
use crate::graphics::{self, Answers, Body, CellPicture, Effort, Target};
use crate::messages::say;
use crate::radiograph::{Fineness, Pyramid, Radiograph, Region, Size};
use crate::scan::Opened;
use crate::view::{self, Frame, Inset, Picture, Prepared, Source, Stages, View, own_pixels};
use crate::{Error, Result};

/// Pixels of a scan that is worth coarser levels.
const LARGE: usize = 16_000_000;
/// Pixels of the pictures that are kept: eight of a usual pane, or one of any size.
const KEPT: usize = 12_000_000;

/// A handle of the rendering thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Renderer {
    slot: Slot<(RenderJob, Cancel)>,
    generations: Generations,
}

/// Takes the answers: the number of the job and its picture, a coarse one first where the full one
/// takes long.
pub(crate) type Answer = dyn Fn(u64, Result<Arc<Shown>>) + Send;

impl Renderer {
    /// Starts the thread.
    pub fn start(answer: Box<Answer>) -> Self {
        let slot: Slot<(RenderJob, Cancel)> = Slot::new();
        let taking = slot.clone();
        thread::spawn(move || {
            let mut easel = Easel::default();
            loop {
                while !taking.has_newer() && easel.prepares_ahead() {}
                let Some((job, cancel)) = taking.take() else {
                    break;
                };
                let number = job.number;
                let first = |shown| answer(number, Ok(Arc::new(shown)));
                let work = AssertUnwindSafe(|| easel.make(&job, &cancel, &first));
                let result = catch_unwind(work).unwrap_or_else(|_| {
                    easel = Easel::default();
                    Err(Error::NotPossible {
                        why: say("error-render-panicked", &[]),
                    })
                });
                answer(number, result.map(Arc::new));
            }
        });
        Self {
            slot,
            generations: Generations::default(),
        }
    }

    /// Makes a picture; older jobs are void.
    pub fn render(&self, job: RenderJob) {
        let cancel = self.generations.start();
        self.slot.put((job, cancel));
    }
}

impl Drop for Renderer {
    fn drop(&mut self) {
        self.generations.stop();
        self.slot.close();
    }
}

/// What serves the next picture: the stages of the last one, the last pictures themselves, because
/// whoever looks closer or to the side comes back, and coarser levels of the scan, which are made
/// while nothing else is to be done.
#[derive(Default)]
struct Easel {
    /// The scan at hand and its view.
    of: Option<(Arc<Opened>, String)>,
    pyramid: Pyramid,
    stages: Stages,
    coarse: Stages,
    /// The newest last.
    kept: Vec<Kept>,
    bench: Bench,
    /// Of a scan that is held reduced: what the picture and the loupe show of its own pixels.
    near: Near,
    detail: Option<Arc<Radiograph>>,
    lens: Near,
}

/// A picture, everything up to its window, and what made both.
struct Kept {
    view: View,
    size: Size,
    prepared: Arc<Prepared>,
    picture: Arc<Picture>,
    /// The part in its own pixels that it was made from.
    detail: Option<Arc<Radiograph>>,
}

impl Easel {
    /// Makes a band of the coarser levels of the scan at hand; `false` when there is nothing to make.
    fn prepares_ahead(&mut self) -> bool {
        let Some((opened, view)) = &self.of else {
            return false;
        };
        let radiograph = opened.views.iter().find(|r| r.view == *view);
        let large = radiograph.filter(|r| r.width() * r.height() >= LARGE);
        large.is_some_and(|radiograph| self.pyramid.grow(radiograph))
    }

    /// Renders one job, and paints it where it is made of cells. `first` takes a coarse picture where
    /// the full one takes long.
    fn make(&mut self, job: &RenderJob, cancel: &Cancel, first: &dyn Fn(Shown)) -> Result<Shown> {
        let since = Instant::now();
        let (width, height) =
            graphics::pixels_for(job.protocol, job.cells.0, job.cells.1, job.cell);
        let size = Size { width, height };
        self.take_up(job);
        if let Some(comparison) = &job.view.comparison {
            let this = radiograph_of(&job.opened, &job.view)?;
            let both = self.bench.make((job, comparison), this, size, cancel)?;
            let others = job.other.as_ref().map_or(1, |other| other.reduction());
            return Ok(Shown {
                reduction: job.opened.reduction().max(others),
                ..finished(job, (Arc::new(both), None), Fineness::Full, since)?
            });
        }
        let kept = self.kept.iter().position(|kept| kept.serves(job, size));
        let mut kept = match kept {
            Some(at) => self.kept.remove(at),
            None => self.made(job, size, (cancel, since, first))?,
        };
        if kept.view != job.view {
            kept.picture = Arc::new(kept.prepared.develop(&job.view)?);
            kept.view = job.view.clone();
        }
        let (picture, detail) = (Arc::clone(&kept.picture), kept.detail.clone());
        self.keep(kept);
        cancel.check()?;
        let fineness = if job.opened.glimpse {
            Fineness::Coarse
        } else {
            Fineness::Full
        };
        let lens = self.lens(job, cancel)?;
        let shown = finished(job, (picture, lens), fineness, since)?;
        cancel.check()?;
        let reduction = if detail.is_some() {
            1
        } else {
            job.opened.reduction()
        };
        Ok(Shown {
            reduction,
            detail,
            ..shown
        })
    }

    /// Takes up the scan's own pixels where the picture needs them and they are not held.
    fn approach(
        &mut self,
        (opened, view): (&Opened, &View),
        own: Option<Region>,
        cancel: &Cancel,
    ) -> Result<()> {
        let detail = self.near.take((opened, &view.view), own, cancel)?;
        let same = match (&detail, &self.detail) {
            (Some(new), Some(old)) => Arc::ptr_eq(new, old),
            (new, old) => new.is_none() && old.is_none(),
        };
        if !same {
            // Stages know what was asked of a radiograph, not which pixels of it there were.
            self.stages = Stages::default();
            // One part is held at a time: what was made of another one would hold that too.
            self.kept.retain(|kept| kept.detail.is_none());
            self.detail = detail;
        }
        Ok(())
    }

    /// The loupe's inset, from the scan itself.
    fn lens(&mut self, job: &RenderJob, cancel: &Cancel) -> Result<Option<Arc<Lens>>> {
        let Some(loupe) = job.overlay.loupe else {
            return Ok(None);
        };
        let radiograph = radiograph_of(&job.opened, &job.view)?;
        let view = loupe.view(radiograph, &job.view);
        let own = own_pixels(radiograph, &view, loupe.size)?;
        let near = if self.near.serves(own) {
            &mut self.near
        } else {
            &mut self.lens
        };
        let detail = near.take((&job.opened, &view.view), own, cancel)?;
        let source = Source::of(radiograph).with(detail.as_deref());
        let inset = Inset::of(source, &job.view, loupe, cancel)?;
        let png = match job.lens {
            LensPlace::Drawn => Vec::new(),
            LensPlace::Layer => graphics::inset_png(&inset.frame, cancel)?,
        };
        Ok(Some(Arc::new(Lens { inset, png })))
    }

    /// A picture that no kept one serves; `first` takes a coarse one where it takes long.
    fn made(
        &mut self,
        job: &RenderJob,
        size: Size,
        (cancel, since, first): (&Cancel, Instant, &dyn Fn(Shown)),
    ) -> Result<Kept> {
        let (opened, view) = (Arc::clone(&job.opened), &job.view);
        let radiograph = radiograph_of(&opened, view)?;
        let own = own_pixels(radiograph, view, size)?;
        let at_hand = self.near.serves(own);
        let missing = self.stages.missing(radiograph, view, size)?;
        if !at_hand || expected(radiograph, view, size, missing) > patience(job.effort) {
            let coarse = self.prepare(radiograph, view, (size, Fineness::Coarse), cancel)?;
            let picture = Arc::new(coarse.develop(view)?);
            first(finished(job, (picture, None), Fineness::Coarse, since)?);
        }
        self.approach((&opened, view), own, cancel)?;
        let prepared = self.prepare(radiograph, view, (size, Fineness::Full), cancel)?;
        Ok(Kept {
            picture: Arc::new(prepared.develop(view)?),
            view: view.clone(),
            size,
            prepared,
            detail: self.detail.clone(),
        })
    }

    /// Keeps a picture as the newest, and of the others as many as there is room for.
    fn keep(&mut self, kept: Kept) {
        self.kept.push(kept);
        let pixels = |kept: &Kept| kept.size.width * kept.size.height;
        while self.kept.len() > 1 && self.kept.iter().map(pixels).sum::<usize>() > KEPT {
            self.kept.remove(0);
        }
    }

    /// Forgets everything that belongs to another scan.
    fn take_up(&mut self, job: &RenderJob) {
        let same = self.of.as_ref().is_some_and(|(opened, view)| {
            let glimpse = job.opened.glimpse || opened.glimpse;
            !glimpse && opened.scan_id == job.opened.scan_id && *view == job.view.view
        });
        if !same {
            *self = Self::default();
        }
        self.of = Some((Arc::clone(&job.opened), job.view.view.clone()));
    }

    /// Everything up to the window.
    fn prepare(
        &mut self,
        radiograph: &Radiograph,
        view: &View,
        (size, fineness): (Size, Fineness),
        cancel: &Cancel,
    ) -> Result<Arc<Prepared>> {
        let source = Source {
            radiograph,
            pyramid: Some(&self.pyramid),
            detail: self
                .detail
                .as_deref()
                .filter(|_| fineness == Fineness::Full),
        };
        let stages = match fineness {
            Fineness::Full => &mut self.stages,
            Fineness::Coarse => &mut self.coarse,
        };
        stages.prepare(source, view, (size, fineness), (cancel, &mut |_| ()))
    }
}

/// What a view is of.
fn radiograph_of<'a>(opened: &'a Opened, view: &View) -> Result<&'a Radiograph> {
    let radiograph = opened.views.iter().find(|r| r.view == view.view);
    radiograph.ok_or_else(|| Error::NotPossible {
        why: say("error-no-view", &[]),
    })
}

/// A picture with what is drawn into it, in cells where the terminal takes no pixels.
fn finished(
    job: &RenderJob,
    (picture, lens): (Arc<Picture>, Option<Arc<Lens>>),
    fineness: Fineness,
    since: Instant,
) -> Result<Shown> {
    let overlay = &job.overlay;
    let frame = view::overlaid(&picture.frame, &job.view, &overlay.marks, overlay.crosshair);
    let mut frame = view::guided(frame, &overlay.guides);
    if let Some(lens) = lens.as_ref().filter(|_| job.lens == LensPlace::Drawn) {
        frame = lens.inset.over(frame);
    }
    let painted = if job.protocol.is_pixels() {
        None
    } else {
        Some(Arc::new(painted(&frame, job)?))
    };
    Ok(Shown {
        view: job.view.clone(),
        picture,
        fineness,
        frame: Arc::new(frame),
        painted,
        cells: job.cells,
        lens,
        reduction: job.opened.reduction(),
        detail: None,
        took: since.elapsed(),
    })
}

/// About how long a picture takes, in milliseconds: what is `missing` of what is seen has to be read,
/// and unless all is there every pixel of the raster told; it is filtered in any case.
fn expected(radiograph: &Radiograph, view: &View, size: Size, missing: Option<f64>) -> f64 {
    let [_, _, w, h] = view.region;
    let seen = w.min(radiograph.width() as f64) * h.min(radiograph.height() as f64);
    let raster = seen.min((size.width * size.height) as f64);
    let told = view.display.shows_classes();
    let [reading, telling] = if told { [1.1e-6, 40e-6] } else { [0.3e-6, 0.0] };
    let made = missing.map_or(0.0, |share| share * seen * reading + raster * telling);
    made + raster * view.filters.len() as f64 * 8e-6
}

/// How long a full picture may take before a coarse one is worth its bytes, in milliseconds.
fn patience(effort: Effort) -> f64 {
    match effort {
        Effort::Fast => 20.0,
        _ => 500.0,
    }
}

/// The frame in cells.
fn painted(frame: &Frame, job: &RenderJob) -> Result<CellPicture> {
    let target = Target {
        protocol: job.protocol,
        cell: job.cell,
        depth: job.depth,
        registers: 0,
        id: 1,
        effort: job.effort,
        answers: Answers::Silent,
    };
    match graphics::encode(frame, &target)?.body {
        Body::Cells(picture) => Ok(picture),
        Body::Bytes(_) => Err(Error::NotPossible {
            why: say("graphics-no-pixels", &[]),
        }),
    }
}

impl Kept {
    /// Whether the job asks for this picture, but for its window.
    fn serves(&self, job: &RenderJob, size: Size) -> bool {
        self.size == size && self.view.differs_by_window_only(&job.view)
    }
}
