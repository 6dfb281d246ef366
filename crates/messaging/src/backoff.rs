use std::time::Duration;

use iam_platform::{Platform, random};

/// How long after the first attempt the second comes.
const FIRST: Duration = Duration::from_secs(2);

/// The longest time between two attempts.
const LONGEST: Duration = Duration::from_hours(1);

/// How long to wait after the attempt of this number, from 1: twice as long each time, and by
/// chance down to half of that, so that what failed together does not come back together.
pub(crate) fn wait(platform: &dyn Platform, attempt: u16) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = whole / 2;
    let chance = u32::from(u16::from_be_bytes(random(platform)));
    half + half * chance / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait;
    use crate::testing::World;

    #[test]
    fn each_wait_is_up_to_twice_as_long_as_the_one_before() {
        let world = World::new();
        for (attempt, longest) in [
            (0, 2),
            (1, 2),
            (2, 4),
            (3, 8),
            (11, 2048),
            (12, 3600),
            (999, 3600),
        ] {
            let longest = Duration::from_secs(longest);
            for chance in [0, 1, 127, 255] {
                world.chance.set(chance);
                let wait = wait(&*world, attempt);
                assert!(
                    wait >= longest / 2 && wait <= longest,
                    "{attempt}: {wait:?}"
                );
            }
        }
    }
}
