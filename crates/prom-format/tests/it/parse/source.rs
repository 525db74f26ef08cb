//! `Source`: arbitrary bytes as a source of choices.

use prom_format::Value;

/// Arbitrary bytes as a source of choices; zeros when they are used up.
pub(crate) struct Source<'b>(pub(crate) &'b [u8]);

impl Source<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let byte = self.0.first().copied().unwrap_or(0);
        self.0 = self.0.get(1..).unwrap_or_default();
        byte
    }

    pub(crate) fn below(&mut self, bound: u8) -> u8 {
        self.byte() % bound
    }

    pub(crate) fn chance(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let number = usize::from(self.byte()) % choices.len();
        choices.iter().copied().nth(number).unwrap()
    }

    fn character(&mut self) -> char {
        let code = u32::try_from(self.u64() % 0x11_0000).unwrap();
        char::from_u32(code).unwrap_or('\u{fffd}')
    }

    pub(crate) fn u64(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte()))
    }

    pub(crate) fn value(&mut self) -> Value {
        match self.below(6) {
            0 => Value::Unsigned(self.byte().into()),
            1 => Value::Unsigned(self.u64()),
            2 => Value::Signed(self.u64().cast_signed()),
            3 => Value::Float(f64::from(self.byte()) / 8.0 - 9.0),
            4 => Value::Float(self.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0])),
            _ => Value::Float(f64::from_bits(self.u64())),
        }
    }

    /// A value that a sum of a counter may be.
    pub(crate) fn counter(&mut self) -> Value {
        if self.chance() {
            Value::Unsigned(self.u64())
        } else {
            Value::Float(f64::from(self.byte()) / 8.0)
        }
    }

    /// Any text; the characters that formats trip over are the likely ones.
    pub(crate) fn text(&mut self, max: u8) -> String {
        const SPECIAL: [char; 16] = [
            '"',
            '\\',
            '\n',
            '\r',
            '\t',
            ' ',
            '\0',
            '{',
            '}',
            ',',
            '=',
            '#',
            'n',
            '\u{feff}',
            '\u{e9}',
            '\u{10ffff}',
        ];
        let len = self.below(max);
        let next = |_| match self.below(4) {
            0 => self.pick(&SPECIAL),
            1 => self.character(),
            _ => char::from(b'a' + self.below(26)),
        };
        (0..len).map(next).collect()
    }

    /// A name that no other has: its end is `number`.
    pub(crate) fn name(&mut self, quoted: bool, number: usize) -> String {
        let start = if quoted { self.text(8) } else { String::new() };
        let letter = char::from(b'a' + self.below(26));
        let colon = if self.below(8) == 0 { ":" } else { "" };
        format!("{letter}{start}{colon}x{number}")
    }
}
