//! The driver against a chip that is played by a few lines.

use std::collections::VecDeque;

use lan9118::{BYTE_TEST, Bus, Driver, Error, FRAME_MAX, Link, Register};

const ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0, 0x17];

/// The chip's state that tests look at and change.
#[derive(Debug)]
struct Chip {
    byte_test: u32,
    mac: [u32; 16],
    mac_data: u32,
    phy: [u32; 32],
    hangs: bool,
    rx_status: VecDeque<u32>,
    rx_data: VecDeque<u32>,
    tx_words: Vec<u32>,
    tx_status: VecDeque<u32>,
    tx_free: u32,
}

impl Chip {
    fn new() -> Self {
        let mut phy = [0; 32];
        phy[4] = 0x01e1;
        phy[5] = 0x01e1;
        Self {
            byte_test: BYTE_TEST,
            mac: [0; 16],
            mac_data: 0,
            phy,
            hangs: false,
            rx_status: VecDeque::new(),
            rx_data: VecDeque::new(),
            tx_words: Vec::new(),
            tx_status: VecDeque::new(),
            tx_free: 4608,
        }
    }

    fn driver(&mut self) -> Driver<&mut Self> {
        Driver::new(self, Some(ADDRESS)).unwrap()
    }

    /// Lets a frame arrive, with a checksum of zeros.
    fn arrives(&mut self, frame: &[u8], error: bool) {
        let mut bytes = frame.to_vec();
        bytes.extend([0; 4]);
        self.rx_status.push_back((bytes.len() as u32) << 16 | u32::from(error) << 15);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let words = bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        self.rx_data.extend(words);
    }

    fn mac_command(&mut self, command: u32) {
        let (index, read) = (command as usize & 0xf, command & 1 << 30 != 0);
        if read {
            self.mac_data = self.mac[index];
            return;
        }
        self.mac[index] = self.mac_data;
        if index == 6 {
            let (register, write) = (self.mac_data as usize >> 6 & 31, self.mac_data & 2 != 0);
            if write {
                self.phy[register] = self.mac[7] & 0x7fff;
            } else {
                self.mac[7] = self.phy[register];
            }
            self.mac[6] &= !1;
        }
    }
}

impl Bus for Chip {
    fn read(&mut self, register: Register) -> u32 {
        match register {
            Register::ByteTest => self.byte_test,
            Register::PmtCtrl => 1,
            Register::HwCfg => u32::from(self.hangs),
            Register::MacCsrData => self.mac_data,
            Register::RxFifoInf => (self.rx_status.len() as u32) << 16,
            Register::RxStatus => self.rx_status.pop_front().expect("a status to read"),
            Register::RxData => self.rx_data.pop_front().expect("a word to read"),
            Register::TxFifoInf => (self.tx_status.len() as u32) << 16 | self.tx_free,
            Register::TxStatus => self.tx_status.pop_front().expect("a status to read"),
            Register::RxDrop => 3,
            _ => 0,
        }
    }

    fn write(&mut self, register: Register, value: u32) {
        match register {
            Register::MacCsrData => self.mac_data = value,
            Register::MacCsrCmd => self.mac_command(value),
            Register::TxData => self.tx_words.push(value),
            _ => {}
        }
    }
}

#[test]
fn starts_with_the_address_that_it_was_given() {
    let mut chip = Chip::new();
    assert_eq!(chip.driver().address(), ADDRESS);
    assert_eq!(chip.mac[3].to_le_bytes(), [0x02, 0, 0, 0]);
    assert_eq!(chip.mac[2].to_le_bytes(), [0, 0x17, 0, 0]);
    assert_eq!(chip.mac[1] & 0xc, 0xc, "receiver and transmitter are on");
}

#[test]
fn takes_the_address_of_the_eeprom() {
    let mut chip = Chip::new();
    (chip.mac[3], chip.mac[2]) = (0x3322_1100, 0x5544);
    let driver = Driver::new(&mut chip, None).unwrap();
    assert_eq!(driver.address(), [0x00, 0x11, 0x22, 0x33, 0x44, 0x55]);

    let mut blank = Chip::new();
    (blank.mac[3], blank.mac[2]) = (0xffff_ffff, 0xffff);
    assert_eq!(Driver::new(&mut blank, None).unwrap_err(), Error::NoAddress);
}

#[test]
fn says_when_no_chip_or_a_broken_one_is_there() {
    let mut nothing = Chip { byte_test: 0xffff_ffff, ..Chip::new() };
    assert_eq!(Driver::new(&mut nothing, None).unwrap_err(), Error::NotFound(0xffff_ffff));
    let mut broken = Chip { hangs: true, ..Chip::new() };
    assert_eq!(Driver::new(&mut broken, Some(ADDRESS)).unwrap_err(), Error::Stuck);
}

#[test]
fn receives_frames_of_any_length() {
    let frame: Vec<u8> = (0..FRAME_MAX).map(|index| index as u8).collect();
    for length in [14, 15, 16, 17, 60, FRAME_MAX] {
        let mut chip = Chip::new();
        chip.arrives(&frame[..length], false);
        let mut buffer = [0xee; FRAME_MAX];
        let mut driver = chip.driver();
        assert_eq!(driver.receive(&mut buffer), Some(length));
        assert_eq!(buffer[..length], frame[..length]);
        assert!(buffer[length..].iter().all(|&byte| byte == 0xee));
        assert_eq!(driver.receive(&mut buffer), None);
        assert!(chip.rx_data.is_empty());
    }
}

#[test]
fn drops_what_is_bad_and_goes_on_with_the_next() {
    let mut chip = Chip::new();
    chip.arrives(&[1; 60], true); // a wrong checksum
    chip.arrives(&[2; 4], false); // too short for a frame
    chip.rx_status.push_back(0); // nothing at all
    chip.arrives(&[3; 1600], false); // longer than the buffer
    chip.arrives(&[4; 60], false);
    let mut buffer = [0; FRAME_MAX];
    let mut driver = chip.driver();
    assert_eq!(driver.receive(&mut buffer), Some(60));
    assert_eq!(buffer[..60], [4; 60]);
    let counters = driver.counters();
    assert_eq!((counters.receive_errors, counters.dropped), (4, 3));
    assert!(chip.rx_data.is_empty(), "the words of dropped frames are taken as well");
}

#[test]
fn sends_a_frame_after_its_two_commands() {
    let mut chip = Chip::new();
    let frame: Vec<u8> = (1..=61).collect();
    assert!(chip.driver().transmit(&frame));
    assert_eq!(chip.tx_words[..2], [0x3000 | 61, 61]);
    assert_eq!(chip.tx_words.len(), 2 + 16);
    assert_eq!(chip.tx_words[2], 0x0403_0201);
    assert_eq!(chip.tx_words[17], 61, "the rest of the last word is zero");
}

#[test]
fn sends_nothing_where_there_is_no_room() {
    let mut chip = Chip { tx_free: 64, ..Chip::new() };
    let mut driver = chip.driver();
    assert!(!driver.can_transmit());
    assert!(!driver.transmit(&[0; 60]), "60 bytes and two commands are 68");
    assert!(driver.transmit(&[0; 56]));
    assert!(!driver.transmit(&[]));
    assert!(!driver.transmit(&[0; FRAME_MAX + 1]));
}

#[test]
fn counts_frames_that_could_not_be_sent() {
    let mut chip = Chip::new();
    chip.tx_status.extend([0, 1 << 15, 0, 1 << 15]);
    let mut driver = chip.driver();
    assert!(driver.can_transmit());
    assert_eq!(driver.counters().transmit_errors, 2);
    assert!(chip.tx_status.is_empty(), "unread, they would stop the transmitter");
}

#[test]
fn sets_the_duplex_that_was_agreed() {
    let mut chip = Chip::new();
    assert_eq!(chip.driver().poll_link(), Ok(None));

    let cases = [
        (0x01e1, true, true),
        (0x00e1, true, false), // 100 half before 10 full
        (0x0061, false, true),
        (0x0021, false, false),
    ];
    for (partner, fast, full_duplex) in cases {
        let mut chip = Chip::new();
        chip.phy[5] = partner;
        chip.phy[1] = 1 << 5 | 1 << 2;
        let mut driver = chip.driver();
        assert_eq!(driver.poll_link(), Ok(Some(Link { fast, full_duplex })));
        assert_eq!(chip.mac[1] & 1 << 20 != 0, full_duplex);
    }
}
