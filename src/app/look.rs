//! Changes of the view that commands, the mouse and a newly opened scan share.

use super::desk::OpenScan;
use super::{App, DeskState, Level};
use crate::Result;
use crate::filter::FilterUse;
use crate::graphics::Depth;
use crate::messages::say;
use crate::radiograph::{PlaneName, Radiograph, Size};
use crate::view::{self, Aspect, Canvas, Display, Extent, View, Window, WindowFunction};

impl App {
    /// Pixels of the picture that fills the pane.
    pub fn picture_size(&self) -> Option<Size> {
        let pane = self.layout().picture;
        let (width, height) = crate::graphics::pixels_for(
            self.terminal.protocol,
            pane.width,
            pane.height,
            self.terminal.cell,
        );
        (width > 0 && height > 0).then_some(Size { width, height })
    }

    /// Looks at a scan that was just opened as at the one before, where it can be.
    pub(super) fn start_view(&mut self) {
        let Some(open) = self.desk.open().cloned() else {
            return;
        };
        let name = self.request.view_name.as_deref();
        let view =
            view::choose(&open.opened.views, name).and_then(|radiograph| match &self.habit.view {
                Some(before) => self.carried(radiograph, before, &open),
                None if self.request.asks_nothing() => {
                    let view = self.plain(radiograph, &open)?;
                    view.check(radiograph).map(|()| view)
                }
                None => View::of(radiograph, &self.request),
            });
        match view {
            Ok(view) => self.place(view),
            Err(error) => {
                self.tell_error(&error);
                let plain = open
                    .opened
                    .views
                    .first()
                    .map(|radiograph| self.plain(radiograph, &open));
                match plain {
                    Some(Ok(view)) => self.place(view),
                    _ => self.desk.state = DeskState::Failed(error),
                }
            }
        }
    }

    /// The plain grey view, which tells materials by the profile that was asked for.
    fn plain(&self, radiograph: &Radiograph, open: &OpenScan) -> Result<View> {
        let view = View::plain(radiograph, open.survey_of(radiograph, 0))?;
        Ok(View {
            profile: self.request.profile.clone(),
            ..view
        })
    }

    /// A view that is to be fitted to the pane.
    fn place(&mut self, view: View) {
        self.desk.view = Some(view);
        self.desk.fitted = None;
    }

    /// How `view` carries over to another radiograph; an automatic window is found anew.
    fn carried(&self, radiograph: &Radiograph, view: &View, open: &OpenScan) -> Result<View> {
        let survey = open.survey_of(radiograph, 0);
        let mut carried = view.carried_to(radiograph, survey)?;
        if self.habit.window_auto || !self.habit.window_stays {
            carried.window = carried.auto(radiograph, open.survey(&carried))?;
        }
        Ok(carried)
    }

    /// Changes the view by a pure function of scan and screen size.
    pub(crate) fn change_view(&mut self, change: impl FnOnce(&View, Canvas) -> View) {
        if let (Some(canvas), Some(view)) = (self.canvas(), &mut self.desk.view) {
            *view = change(view, canvas);
        }
    }

    /// Whether a filter at work only approximates its result at this zoom.
    pub fn is_preview(&self) -> bool {
        let view = self.desk.view.as_ref();
        let size = self.picture_size();
        view.zip(size)
            .is_some_and(|(view, size)| view.is_preview(size))
    }

    /// The scan at hand and the pane that its picture fills.
    pub(crate) fn canvas(&self) -> Option<Canvas> {
        let (radiograph, view) = (self.desk.radiograph()?, self.desk.view.as_ref()?);
        let tall = self.terminal.protocol.pixel_aspect(self.terminal.cell);
        Some(Canvas::of(radiograph, view, self.picture_size()?, tall))
    }

    /// Changes the window by hand: it no longer follows the scan.
    pub(crate) fn change_window(&mut self, change: impl FnOnce(Window) -> Window) {
        if let Some(view) = &mut self.desk.view {
            view.window = change(view.window);
            self.habit.window_auto = false;
        }
    }

    /// Sets the window as typed: `CENTRE,WIDTH` or `auto`.
    pub(crate) fn set_window(&mut self, text: &str) {
        let text = text.trim();
        let auto = text == Extent::Scan.as_str();
        let done = self.try_view(|view, radiograph, open| {
            let window = match Extent::parse(text) {
                Some(extent) => view.auto_over(radiograph, extent, open.survey(view))?,
                None => view.window_of(radiograph, text)?,
            };
            Ok(View {
                window,
                ..view.clone()
            })
        });
        if done {
            self.habit.window_auto = auto;
        }
    }

    /// Gives the window the next curve that its unit can follow.
    pub(crate) fn next_window_function(&mut self) {
        let Some(view) = &mut self.desk.view else {
            return;
        };
        let window = view.window;
        let ways = WindowFunction::ALL.into_iter().cycle();
        let mut after = ways.skip_while(|way| *way != window.function()).skip(1);
        if let Some(way) = after.find(|way| way.serves(window.unit)) {
            view.window = window.with_function(way).unwrap_or(window);
            let text = say(&format!("notice-window-{}", way.as_str()), &[]);
            self.tell(Level::Info, text);
        }
    }

    /// Shows scan pixels in their shape in the world, or square; a whole scan stays whole.
    pub(crate) fn toggle_aspect(&mut self) {
        let (Some(before), Some(view)) = (self.canvas(), &mut self.desk.view) else {
            return;
        };
        view.aspect = view.aspect.other();
        let aspect = view.aspect;
        self.change_view(|view, canvas| view.rescaled(canvas, before, 1.0));
        let size = self.desk.radiograph().and_then(|r| r.pixel_mm);
        let id = match (aspect, size) {
            (_, None) => "notice-aspect-unknown",
            (_, Some(_)) if Aspect::World.of(size) == 1.0 => "notice-aspect-square",
            (Aspect::World, _) => "notice-aspect-world",
            (Aspect::Pixels, _) => "notice-aspect-pixels",
        };
        self.tell(Level::Info, say(id, &[]));
    }

    /// Changes the filter stack; an automatic window follows.
    pub(crate) fn change_filters(
        &mut self,
        change: impl FnOnce(&mut Vec<FilterUse>) -> Result<()>,
    ) -> bool {
        self.restack(|view, _| {
            let mut filters = view.filters.clone();
            change(&mut filters)?;
            Ok(filters)
        })
    }

    /// Puts another filter stack in the place of the view's, made from view and scan; an automatic
    /// window follows. Whether it could.
    pub(crate) fn restack(
        &mut self,
        make: impl FnOnce(&View, &Radiograph) -> Result<Vec<FilterUse>>,
    ) -> bool {
        let auto = self.habit.window_auto;
        self.try_view(|view, radiograph, open| {
            let filters = make(view, radiograph)?;
            let survey = open.survey(view);
            let mut changed = view.with_filters(radiograph, filters, survey)?;
            if auto {
                changed.window = changed.auto(radiograph, survey)?;
            }
            Ok(changed)
        })
    }

    /// The first filter of that name in the stack.
    pub(crate) fn used(&self, name: &str) -> Option<FilterUse> {
        let mut filters = self.desk.view.as_ref()?.filters.iter();
        filters.find(|used| used.name == name).cloned()
    }

    /// Attenuation of the low energy over that of the high one under the crosshair, the background
    /// taken off; `None` without a crosshair, or where nothing attenuates.
    pub(crate) fn ratio_at_crosshair(&self) -> Option<f64> {
        let at = self.desk.crosshair.and(self.crosshair_pixel())?;
        view::ratio(self.desk.radiograph()?, self.desk.view.as_ref()?, at)
    }

    /// Puts a filter on top of the stack, or takes it out; one that is bypassed is applied again.
    pub(crate) fn toggle_filter(&mut self, name: &str) {
        self.change_filters(|filters| {
            let wanted: FilterUse = name.parse()?;
            match filters.iter().position(|filter| filter.name == wanted.name) {
                Some(at) if filters[at].bypassed => filters[at].bypassed = false,
                Some(at) => {
                    filters.remove(at);
                }
                None => filters.push(wanted),
            }
            Ok(())
        });
    }

    /// Whether the classes of a material picture of cells are lettered: always as asked, else where
    /// few colours leave little of the hues.
    pub(crate) fn letters_shown(&self) -> bool {
        let few = matches!(self.terminal.depth, Depth::Colours16 | Depth::Monochrome);
        self.habit.letters.unwrap_or(few)
    }

    /// Shows the picture in another way.
    pub(crate) fn show_display(&mut self, display: Display) {
        self.try_view(|view, radiograph, open| {
            view.with_display(radiograph, display, open.survey(view))
        });
    }

    /// Shows the next plane: high, low, ….
    pub(crate) fn next_plane(&mut self) {
        let auto = self.habit.window_auto;
        self.try_view(|view, radiograph, open| {
            let first = view
                .planes
                .first()
                .map(|name| PlaneName::from(name.as_str()));
            let at = radiograph
                .planes
                .iter()
                .position(|plane| Some(&plane.name) == first.as_ref());
            let next = &radiograph.planes[(at.unwrap_or(0) + 1) % radiograph.planes.len()];
            let planes = vec![next.name.as_str().to_owned()];
            let turned = View {
                planes,
                ..view.clone()
            };
            let survey = open.survey(&turned);
            let mut turned = turned.with_display(radiograph, view.display.clone(), survey)?;
            if auto {
                turned.window = turned.auto(radiograph, survey)?;
            }
            Ok(turned)
        });
    }

    /// Shows the next view of the scan: side, top, ….
    pub(crate) fn next_view(&mut self) {
        let (Some(opened), Some(view)) = (self.desk.opened(), &self.desk.view) else {
            return;
        };
        let views = &opened.views;
        let at = views.iter().position(|r| r.view == view.view).unwrap_or(0);
        let next = &views[(at + 1) % views.len()];
        if next.view == view.view {
            self.tell(Level::Info, say("notice-one-view", &[]));
            return;
        }
        let next = next.view.clone();
        self.show_view(&next);
    }

    /// Shows the view of the scan with that name, looked at as the one before.
    pub(super) fn show_view(&mut self, name: &str) {
        let (Some(open), Some(view)) = (self.desk.open().cloned(), &self.desk.view) else {
            return;
        };
        let Some(next) = open.opened.views.iter().find(|r| r.view == name) else {
            return;
        };
        match self.carried(next, view, &open) {
            Ok(view) => self.place(view),
            Err(error) => self.tell_error(&error),
        }
    }

    /// The view in force, or how it carries over to the view of the scan with that name.
    pub(super) fn view_on(&self, name: &str) -> Option<View> {
        let view = self.desk.view.as_ref()?;
        if view.view == name {
            return Some(view.clone());
        }
        let open = self.desk.open()?;
        let other = open.opened.views.iter().find(|r| r.view == name)?;
        self.carried(other, view, open).ok()
    }

    /// Changes the view, or says why it cannot be; whether it could.
    pub(super) fn try_view(
        &mut self,
        change: impl FnOnce(&View, &Radiograph, &OpenScan) -> Result<View>,
    ) -> bool {
        let (Some(open), Some(view)) = (self.desk.open().cloned(), self.desk.view.clone()) else {
            return false;
        };
        let Some(radiograph) = self.desk.radiograph() else {
            return false;
        };
        match change(&view, radiograph, &open) {
            Ok(changed) => {
                self.desk.view = Some(changed);
                true
            }
            Err(error) => {
                self.tell_error(&error);
                false
            }
        }
    }

    /// Whether the window in force is the automatic one.
    pub(super) fn has_auto_window(&self) -> bool {
        let (Some(open), Some(view), Some(radiograph)) =
            (self.desk.open(), &self.desk.view, self.desk.radiograph())
        else {
            return false;
        };
        view.auto(radiograph, open.survey(view))
            .is_ok_and(|window| window == view.window)
    }

    /// Takes up a view of before; one that was made for another pane keeps its place in this one.
    pub(crate) fn restore_view(&mut self, mut view: View) {
        let with = view.comparison.as_ref();
        if with.is_some_and(|with| self.compared_with(with).is_none()) {
            view.comparison = None;
            self.tell(Level::Info, say("compare-no-other", &[]));
        }
        self.desk.view = Some(view);
        self.change_view(|view, canvas| {
            let moved = view.resized(canvas);
            let differs = |side: usize| (view.region[side] - moved.region[side]).abs() > 1e-6;
            // In its own pane it may show ground beyond the scan's edge.
            if differs(2) || differs(3) {
                moved
            } else {
                view.clone()
            }
        });
        self.habit.window_auto = self.has_auto_window();
    }

    /// Keeps how this scan is looked at, for the next one.
    pub(super) fn keep_look(&mut self) {
        if let Some(view) = &self.desk.view {
            self.habit.view = Some(view.clone());
        }
    }

    /// The scan pixel under the crosshair.
    pub fn crosshair_pixel(&self) -> Option<[usize; 2]> {
        let radiograph = self.desk.radiograph()?;
        let [x, y] = self.desk.crosshair?;
        let inside = |at: f64, whole: usize| (at.max(0.0) as usize).min(whole.saturating_sub(1));
        Some([
            inside(x, radiograph.width()),
            inside(y, radiograph.height()),
        ])
    }

    /// Moves the crosshair by columns of the screen, which are as many pixels as the protocol has to
    /// one; the first step shows it in the centre.
    pub(crate) fn move_crosshair(&mut self, across: f64, down: f64) {
        let (Some(view), Some(radiograph)) = (&self.desk.view, self.desk.radiograph()) else {
            return;
        };
        let Some(screen) = self.picture_size() else {
            return;
        };
        let at = self.desk.crosshair.unwrap_or_else(|| view.centre());
        let [x, y] = view.to_screen(screen, at);
        let column = screen.width as f64 / f64::from(self.layout().picture.width.max(1));
        let row = column / self.terminal.protocol.pixel_aspect(self.terminal.cell);
        let moved = view.to_scan(screen, [x + across * column, y + down * row]);
        // Zoomed in, one step is one scan pixel at least: less would show nothing new.
        let step = |from: f64, to: f64| {
            if from != to && (to - from).abs() < 1.0 {
                from + (to - from).signum()
            } else {
                to
            }
        };
        let (width, height) = (radiograph.width() as f64, radiograph.height() as f64);
        self.desk.crosshair = Some([
            step(at[0], moved[0]).clamp(0.0, width - 0.5),
            step(at[1], moved[1]).clamp(0.0, height - 0.5),
        ]);
        self.follow_crosshair();
    }

    /// Pans so that the crosshair stays on the screen.
    fn follow_crosshair(&mut self) {
        let Some(at) = self.desk.crosshair else {
            return;
        };
        let step = self.cell_step();
        self.change_view(|view, canvas| {
            let point = view.to_screen(canvas.screen, at);
            let screen = [canvas.screen.width, canvas.screen.height];
            let steps = [0, 1].map(|i| {
                let out = point[i] - point[i].clamp(0.0, screen[i] as f64 - 1.0);
                // Away from zero: the crosshair is to be on the screen again.
                (out.abs() / step[i]).ceil().copysign(out) as i64
            });
            if steps == [0, 0] {
                view.clone()
            } else {
                view.stepped(canvas, steps, step)
            }
        });
    }

    /// Pixels of the picture to a cell of the pane, across and down.
    pub(crate) fn cell_step(&self) -> [f64; 2] {
        let pane = self.layout().picture;
        let size = self.picture_size().unwrap_or(Size {
            width: 1,
            height: 1,
        });
        [
            size.width as f64 / f64::from(pane.width.max(1)),
            size.height as f64 / f64::from(pane.height.max(1)),
        ]
    }
}
