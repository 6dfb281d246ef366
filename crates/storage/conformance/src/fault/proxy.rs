use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A TCP proxy in threads of its own, whose connections can be cut at any byte.
///
/// It needs no runtime, so that it goes on whatever the runtime of a test is busy with.
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

struct Wire {
    target: SocketAddr,
    closed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What is to happen, once.
    fault: Option<Fault>,
    /// How many bytes have passed since the last [`Proxy::reset`], to the server and from it.
    passed: [usize; 2],
    /// How many answers have passed since then.
    answers: usize,
    /// The server was told something and has not answered.
    told: bool,
    /// Both ends of all connections.
    open: Vec<Arc<[TcpStream; 2]>>,
}

/// Where something happens.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// When so many bytes have passed in this direction.
    After(Direction, usize),
    /// Instead of an answer, when so many have come: what the server says after it was told
    /// something.
    Answer(usize),
}

struct Fault {
    /// What is left to it.
    place: Place,
    kind: Kind,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Cut,
    Silence,
}

impl Proxy {
    /// A proxy on a free port of loopback, before what listens at `port` there.
    #[must_use]
    pub fn before(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Arc::new(Wire {
            target: (Ipv4Addr::LOCALHOST, port).into(),
            closed: AtomicBool::new(false),
            state: Mutex::default(),
        });
        let accepting = Arc::clone(&wire);
        thread::spawn(move || accepting.accept(&listener));
        Self { address, wire }
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Cuts the connection at this place, once.
    pub fn cut(&self, place: Place) {
        self.plan(place, Kind::Cut);
    }

    /// Lets nothing pass from this place on, without a word, once.
    pub fn silence(&self, place: Place) {
        self.plan(place, Kind::Silence);
    }

    fn plan(&self, place: Place, kind: Kind) {
        self.wire.state().fault = Some(Fault { place, kind });
    }

    #[expect(
        clippy::must_use_candidate,
        reason = "as a rule it is only about what comes next"
    )]
    /// Whether what was planned has happened. It does not happen any more.
    pub fn reset(&self) -> bool {
        let mut state = self.wire.state();
        state.passed = [0; 2];
        state.answers = 0;
        state.told = false;
        state.fault.take().is_none()
    }

    /// How many bytes have passed in this direction since the last [`reset`](Self::reset).
    #[must_use]
    pub fn passed(&self, direction: Direction) -> usize {
        self.wire.state().passed[direction as usize]
    }

    /// How many answers have come since the last [`reset`](Self::reset).
    #[must_use]
    pub fn answers(&self) -> usize {
        self.wire.state().answers
    }

    /// Cuts all connections.
    pub fn hang_up(&self) {
        for ends in self.wire.state().open.drain(..) {
            close(&ends);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.wire.closed.store(true, Ordering::SeqCst);
        self.hang_up();
        // It waits for a connection; this one tells it to look.
        let _ = TcpStream::connect(self.address);
    }
}

impl Wire {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.closed.load(Ordering::SeqCst) {
                return;
            }
            // A server that is down refuses: so does a proxy that hangs up at once.
            if let Ok((client, server)) = client.and_then(|client| self.connect(client)) {
                self.join(client, server);
            }
        }
    }

    fn connect(&self, client: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
        let server = TcpStream::connect(self.target)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok((client, server))
    }

    fn join(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let ends = Arc::new([client, server]);
        self.state().open.push(Arc::clone(&ends));
        for direction in [Direction::Up, Direction::Down] {
            let (wire, ends) = (Arc::clone(self), Arc::clone(&ends));
            thread::spawn(move || {
                // However it ends, it is the end of both directions.
                let _ = wire.pump(&ends, direction);
                close(&ends);
                let mut state = wire.state();
                state.open.retain(|open| !Arc::ptr_eq(open, &ends));
            });
        }
    }

    fn pump(&self, ends: &[TcpStream; 2], direction: Direction) -> io::Result<()> {
        let [from, to] = match direction {
            Direction::Up => [&ends[0], &ends[1]],
            Direction::Down => [&ends[1], &ends[0]],
        };
        let (mut from, mut to) = (from, to);
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            let (passing, fault) = self.state().pass(direction, read);
            to.write_all(&buffer[..passing])?;
            match fault {
                None => {}
                Some(Kind::Cut) => return Ok(()),
                Some(Kind::Silence) => return swallow(from),
            }
        }
    }
}

impl State {
    /// How many of so many bytes pass, and what happens then.
    fn pass(&mut self, direction: Direction, read: usize) -> (usize, Option<Kind>) {
        let answers = direction == Direction::Down && self.told;
        self.told = direction == Direction::Up;
        let passing = match &mut self.fault {
            Some(fault) => fault.place.pass(direction, read, answers),
            None => None,
        };
        let fault = passing.and_then(|_| self.fault.take());
        let passing = passing.unwrap_or(read);
        self.passed[direction as usize] += passing;
        self.answers += usize::from(answers);
        (passing, fault.map(|fault| fault.kind))
    }
}

impl Place {
    /// How many of so many bytes pass, if it is here. Otherwise it has come nearer.
    fn pass(&mut self, direction: Direction, read: usize, answers: bool) -> Option<usize> {
        match self {
            Self::After(way, left) if *way == direction => {
                if *left < read {
                    return Some(*left);
                }
                *left -= read;
            }
            Self::Answer(left) if answers => {
                *left = match left.checked_sub(1) {
                    Some(left) => left,
                    None => return Some(0),
                };
            }
            _ => {}
        }
        None
    }
}

/// Reads and forgets, until the connection ends.
fn swallow(mut from: &TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while from.read(&mut buffer)? > 0 {}
    Ok(())
}

fn close(ends: &[TcpStream; 2]) {
    for end in ends {
        // It may be closed already.
        let _ = end.shutdown(Shutdown::Both);
    }
}
