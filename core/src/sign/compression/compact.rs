//! The compression function of SHA-256 (FIPS 180-4, 6.2.2) in as little code as it
//! takes.

/// The constants of the rounds.
#[rustfmt::skip]
const ROUNDS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
];

/// Takes a block into the state of a hash. Nothing in it depends on the data: no
/// branch, and no place in memory.
pub(super) fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    // The schedule's words of the last sixteen rounds.
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (round, constant) in ROUNDS.iter().enumerate() {
        if round >= 16 {
            let (first, last) = (words[(round + 1) % 16], words[(round + 14) % 16]);
            words[round % 16] = words[round % 16]
                .wrapping_add(first.rotate_right(7) ^ first.rotate_right(18) ^ (first >> 3))
                .wrapping_add(words[(round + 9) % 16])
                .wrapping_add(last.rotate_right(17) ^ last.rotate_right(19) ^ (last >> 10));
        }
        let one = h
            .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
            .wrapping_add(g ^ (e & (f ^ g)))
            .wrapping_add(*constant)
            .wrapping_add(words[round % 16]);
        let two = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
            .wrapping_add((a & b) | (c & (a | b)));
        (h, g, f, e) = (g, f, e, d.wrapping_add(one));
        (d, c, b, a) = (c, b, a, one.wrapping_add(two));
    }
    for (word, added) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(added);
    }
}

#[cfg(test)]
mod tests {
    use super::compress;

    #[test]
    fn compresses_as_the_crate_does() {
        let mut number = 1u32;
        let mut next = || {
            number = number.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            number
        };
        for _ in 0..if cfg!(miri) { 8 } else { 2000 } {
            let mut state: [u32; 8] = core::array::from_fn(|_| next());
            let block = core::array::from_fn(|_| (next() >> 24) as u8);
            let mut expected = state;
            sha2::block_api::compress256(&mut expected, &[block]);
            compress(&mut state, &block);
            assert_eq!(state, expected, "{block:x?}");
        }
    }
}
