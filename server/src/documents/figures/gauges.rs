//! The figures of the body for Prometheus, brought up to date in the background: a scrape asks no database.
use super::store::{self, Whose};
use super::{Result, Service, counts, late, period, soon, spent};
use crate::clock::day;
use app::dto::figures::Counted;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Units that have a series of their own.
const MOST_UNITS: usize = 200;

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct What {
    what: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfUnit {
    unit: String,
    what: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Quantile {
    quantile: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct Gauges {
    now: Family<What, Gauge>,
    month: Family<What, Gauge>,
    units: Family<OfUnit, Gauge>,
    hours: Family<Quantile, Gauge>,
    longest_late: Gauge,
    /// Units that were told of once: without anything to do they have 0, and do not stay as they were.
    known: Arc<Mutex<BTreeMap<String, [u64; 3]>>>,
}

impl Gauges {
    pub fn register(&self, registry: &mut Registry) {
        let now = "Documents that wait, and of those in work the late ones and those due soon";
        registry.register("documents", now, self.now.clone());
        registry.register("documents_this_month", "Documents since the first of the month", self.month.clone());
        registry.register("documents_of_unit", "Incoming documents in work, by unit", self.units.clone());
        let hours = "Hours from arrival to the end of processing, of what was finished this month";
        registry.register("document_hours_this_month", hours, self.hours.clone());
        let longest = "Days since the oldest deadline missed by a document in work";
        registry.register("documents_longest_late_days", longest, self.longest_late.clone());
    }

    fn set_units(&self, found: BTreeMap<String, [u64; 3]>) {
        let Ok(mut known) = self.known.lock() else { return };
        known.values_mut().for_each(|n| *n = [0; 3]);
        for (unit, n) in found {
            if known.len() < MOST_UNITS || known.contains_key(&unit) {
                known.insert(unit, n);
            }
        }
        for (unit, counts) in known.iter() {
            for (what, n) in ["in_work", "late", "soon"].into_iter().zip(counts) {
                let label = OfUnit { unit: unit.clone(), what };
                self.units.get_or_create(&label).set(whole(*n));
            }
        }
    }
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Service {
    /// Brings the gauges up to date.
    pub async fn measure(&self, gauges: &Gauges, now: i64) -> Result<()> {
        let days = period("", "", now)?;
        let mut tx = self.db.snapshot().await?;
        let open = store::open(&mut tx, &Whose::Body).await?;
        let outgoing = store::outgoing(&mut tx, &Whose::Body).await?;
        let flows = store::flows(&mut tx, &Whose::Body, days, false).await?;
        let hours = store::hours(&mut tx, &Whose::Body, days, false, false).await?;
        let by_unit = store::open_by_unit(&mut tx).await?;
        drop(tx);
        let counts = counts(&open, &outgoing, &flows, now);
        for counted in Counted::ALL {
            let family = if counted.over_time() { &gauges.month } else { &gauges.now };
            let what = What { what: counted.as_str() };
            family
                .get_or_create(&what)
                .set(whole(counts.get(&counted).copied().unwrap_or_default()));
        }
        let today = day(now);
        let longest = open.iter().filter(|o| super::in_work(o)).map(|o| late(&o.due_on, &today));
        gauges.longest_late.set(longest.max().unwrap_or(0));
        let spent = spent(hours.into_iter().map(|(_, _, hours, n)| (hours, n)));
        for (quantile, hours) in [("0.5", spent.map(|s| s.median)), ("0.9", spent.map(|s| s.ninth))] {
            gauges.hours.get_or_create(&Quantile { quantile }).set(hours.unwrap_or(0));
        }
        let mut units: BTreeMap<String, [u64; 3]> = BTreeMap::new();
        for (unit, due_on, n) in by_unit {
            let line = units.entry(unit).or_default();
            line[0] += n;
            if late(&due_on, &today) > 0 {
                line[1] += n;
            } else if soon(&due_on, now) {
                line[2] += n;
            }
        }
        gauges.set_units(units);
        Ok(())
    }
}
