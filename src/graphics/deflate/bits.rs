//! A stream of bits, the lowest first, between the head and the sum of a zlib stream.

/// Bits that are written.
pub(super) struct Bits {
    out: Vec<u8>,
    held: u64,
    many: u32,
}

impl Bits {
    /// A stream with the head of zlib: a window of 32 kB, the dearest of its levels.
    pub(super) fn zlib(data: usize) -> Self {
        let mut out = Vec::with_capacity(data / 4 + 64);
        out.extend_from_slice(&[0x78, 0xda]);
        Self {
            out,
            held: 0,
            many: 0,
        }
    }

    /// Writes the lowest `many`, at most 32, bits.
    pub(super) fn put(&mut self, bits: u32, many: u32) {
        self.held |= u64::from(bits) << self.many;
        self.many += many;
        while self.many >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.many -= 8;
        }
    }

    /// Ends the stream with the sum of the data.
    pub(super) fn finish(mut self, data: &[u8]) -> Vec<u8> {
        if self.many > 0 {
            self.out.push(self.held as u8);
        }
        self.out.extend_from_slice(&adler(data).to_be_bytes());
        self.out
    }
}

/// Adler-32 (RFC 1950).
fn adler(data: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // So many bytes cannot overflow before the remainder is taken.
    for part in data.chunks(5552) {
        for byte in part {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    b << 16 | a
}
