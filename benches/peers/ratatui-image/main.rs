//! One picture by ratatui-image, drawn once by ratatui on the whole screen: what a program that uses
//! it sends. Usage: ratatui-image-once FILE kitty|iterm2|sixel|half-block
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::{FilterType, Image, Resize};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().collect();
    let image = image::ImageReader::open(&words[1])?.decode()?;
    #[allow(deprecated)]
    let mut picker = Picker::from_fontsize((8, 16).into());
    picker.set_protocol_type(match words[2].as_str() {
        "kitty" => ProtocolType::Kitty,
        "iterm2" => ProtocolType::Iterm2,
        "sixel" => ProtocolType::Sixel,
        _ => ProtocolType::Halfblocks,
    });
    let backend = ratatui::backend::CrosstermBackend::new(std::io::stdout());
    let mut terminal = ratatui::Terminal::new(backend)?;
    let size = terminal.size()?;
    let picture = picker.new_protocol(image, size, Resize::Fit(Some(FilterType::Triangle)))?;
    terminal.draw(|frame| frame.render_widget(Image::new(&picture), frame.area()))?;
    Ok(())
}
