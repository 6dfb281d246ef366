use std::fmt::Write;

use iam_model::Secret;
use png::{BitDepth, ColorType, Encoder, EncodingError};
use qrcode::{Color, EcLevel};
use thiserror::Error;

/// How many modules around the code are light (ISO/IEC 18004 §9.1).
const MARGIN: usize = 4;

/// How many pixels a module has in each direction.
const PIXELS: usize = 6;

/// A QR code as a picture. It shows a secret, so the pictures are secrets too.
#[derive(Debug)]
pub struct QrCode {
    /// As SVG, to be put into a page as it is.
    pub svg: Secret<String>,
    /// As PNG.
    pub png: Secret<Vec<u8>>,
}

/// No QR code holds that much.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("text is too long for a QR code")]
pub struct TooLong;

impl QrCode {
    /// A QR code of `text`.
    pub fn of(text: &Secret<String>) -> Result<Self, TooLong> {
        let code = qrcode::QrCode::with_error_correction_level(text.expose(), EcLevel::M);
        let code = code.map_err(|_| TooLong)?;
        let width = code.width();
        let colors = code.into_colors();
        let modules = Modules { width, colors };
        Ok(Self {
            svg: modules.svg().into(),
            // It fails only where a file could not be written.
            png: modules.png().unwrap_or_default().into(),
        })
    }
}

struct Modules {
    width: usize,
    colors: Vec<Color>,
}

impl Modules {
    /// The width with the margins.
    const fn outer(&self) -> usize {
        self.width + 2 * MARGIN
    }

    fn is_dark(&self, column: usize, row: usize) -> bool {
        let color = self.colors.get(row * self.width + column);
        column < self.width && color == Some(&Color::Dark)
    }

    /// A path with a rectangle for each row of dark modules that stand side by side.
    fn svg(&self) -> String {
        let mut path = String::new();
        for row in 0..self.width {
            let mut column = 0;
            while column < self.width {
                let dark = (column..self.width)
                    .take_while(|at| self.is_dark(*at, row))
                    .count();
                if dark > 0 {
                    let (x, y) = (column + MARGIN, row + MARGIN);
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{x} {y}h{dark}v1h-{dark}z");
                }
                column += dark + 1;
            }
        }
        let (size, pixels) = (self.outer(), self.outer() * PIXELS);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>"##
        )
    }

    /// A picture of one bit for each pixel.
    fn png(&self) -> Result<Vec<u8>, EncodingError> {
        let pixels = self.outer() * PIXELS;
        let mut data = Vec::with_capacity(pixels * pixels.div_ceil(8));
        for y in 0..pixels {
            for byte in 0..pixels.div_ceil(8) {
                let bits = (0..8).map(|bit| self.is_light(byte * 8 + bit, y));
                data.push(bits.fold(0, |bits, light| bits << 1 | u8::from(light)));
            }
        }
        let size = u32::try_from(pixels).map_err(|_| EncodingError::LimitsExceeded)?;
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, size, size);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.write_header()?.write_image_data(&data)?;
        Ok(file)
    }

    /// Whether the pixel is light.
    fn is_light(&self, x: usize, y: usize) -> bool {
        let module = |at: usize| (at / PIXELS).checked_sub(MARGIN);
        let dark = module(x).zip(module(y));
        !dark.is_some_and(|(column, row)| self.is_dark(column, row))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use iam_model::Secret;
    use png::{Decoder, Transformations};
    use rqrr::PreparedImage;

    use super::{MARGIN, PIXELS, QrCode, TooLong};

    const TEXT: &str =
        "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=30";

    fn code(text: &str) -> Result<QrCode, TooLong> {
        QrCode::of(&Secret::new(text.to_owned()))
    }

    /// The width of a picture, and which of its pixels are dark.
    fn pixels(png: &Secret<Vec<u8>>) -> (usize, Vec<bool>) {
        let mut decoder = Decoder::new(Cursor::new(png.expose()));
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut data).unwrap();
        assert_eq!(frame.width, frame.height);
        let dark = data.iter().map(|byte| *byte < 128).collect();
        (usize::try_from(frame.width).unwrap(), dark)
    }

    #[test]
    fn another_program_reads_the_text_from_the_picture() {
        for text in [TEXT, "ü", &"%F0%9D%94%B8".repeat(120)] {
            let (width, dark) = pixels(&code(text).unwrap().png);
            let shade = |x, y| if dark[y * width + x] { 0 } else { 255 };
            let mut image = PreparedImage::prepare_from_greyscale(width, width, shade);
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1);
            assert_eq!(grids[0].decode().unwrap().1, text);
        }
    }

    #[test]
    fn both_pictures_show_the_same() {
        let code = code(TEXT).unwrap();
        let (width, dark) = pixels(&code.png);
        let size = width / PIXELS;
        let svg = code.svg.expose();
        assert!(svg.contains(&format!(r#"viewBox="0 0 {size} {size}""#)));
        let path = svg.rsplit_once(" d=\"").unwrap().1;
        let path = path.strip_suffix("\"/></svg>").unwrap();
        let mut shown = vec![false; size * size];
        for part in path.split('z').filter(|part| !part.is_empty()) {
            // `Mx yhnv1h-n`: a row of n modules.
            let numbers: Vec<usize> = part
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|number| number.parse().ok())
                .collect();
            let [x, y, length, 1, back] = numbers[..] else {
                panic!("{part}");
            };
            assert_eq!(length, back, "{part}");
            shown[y * size + x..][..length].fill(true);
        }
        for (at, dark_in_svg) in shown.iter().enumerate() {
            let (x, y) = (at % size * PIXELS, at / size * PIXELS);
            assert_eq!(dark[y * width + x], *dark_in_svg, "{x} {y}");
        }
        assert!(shown[..MARGIN * size].iter().all(|dark| !dark));
    }

    #[test]
    fn the_pictures_are_small() {
        let code = code(TEXT).unwrap();
        let sizes = (code.svg.expose().len(), code.png.expose().len());
        assert!(sizes.0 < 10_000 && sizes.1 < 2_000, "{sizes:?}");
    }

    #[test]
    fn a_text_that_is_too_long_is_refused_and_debug_output_shows_none() {
        assert_eq!(code(&"a".repeat(3000)).unwrap_err(), TooLong);
        let shown = format!("{:?}", code(TEXT));
        assert!(!shown.contains("svg xmlns"), "{shown}");
    }
}
