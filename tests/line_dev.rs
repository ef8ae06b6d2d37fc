#[path = "it/delivery.rs"]
mod delivery;
#[path = "it/far_terminal.rs"]
mod far_terminal;
#[path = "it/slow_line.rs"]
mod slow_line;
