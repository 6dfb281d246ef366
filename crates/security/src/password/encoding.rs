//! What the textual forms of hashes are made of.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Some systems pad and some do not; neither changes the value.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of `text` in base64 (RFC 4648 §4), padded or not.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// A decimal number with neither sign nor leading zeros.
pub(super) fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// The numbers of `a=1,b=2`: those of `names`, in their order, and no others.
pub(super) fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut pairs = text.split(',');
    let mut numbers = [0; N];
    for (value, name) in numbers.iter_mut().zip(names) {
        *value = number(pairs.next()?.strip_prefix(name)?.strip_prefix('=')?)?;
    }
    pairs.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::{base64, number, numbers};

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("4096"), Some(4096));
        for bad in ["", "+1", "-1", "01", "1 ", "0x1", "4294967296"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn parameters_are_those_named_in_their_order() {
        assert_eq!(numbers("ln=14,r=8", ["ln", "r"]), Some([14, 8]));
        for bad in [
            "",
            "ln=14",
            "r=8,ln=14",
            "ln=14,r=8,p=1",
            "ln=14,r",
            "ln=14;r=8",
        ] {
            assert_eq!(numbers(bad, ["ln", "r"]), None, "{bad}");
        }
    }

    #[test]
    fn padding_is_a_matter_of_taste() {
        assert_eq!(base64("Bw=="), Some(vec![7]));
        assert_eq!(base64("Bw"), Some(vec![7]));
        for bad in ["B", "B_", "Bx==", "Bw= ="] {
            assert_eq!(base64(bad), None, "{bad}");
        }
    }
}
