//! `Victoria`: a real VictoriaMetrics that imports segments and is then asked for every sample.

use std::path::Path;

use serde_json::Value;

use crate::compat::failure::{Failure, Verdict};
use crate::compat::http;
use crate::compat::samples::{Fidelity, Key, Samples, Series};
use crate::compat::server::Server;
use crate::compat::tool;

/// The server drops `NaN`, and keeps a value as a decimal of at least 12 digits.
pub(crate) const FIDELITY: Fidelity = Fidelity { keeps_nan: false, tolerance: 1e-12 };

/// A running server.
#[derive(Debug)]
pub(crate) struct Victoria(Server);

/// The judge's name and version. Debian's build does not know its own, so the package is asked.
pub(crate) fn version() -> Verdict<String> {
    let said = tool::run("victoria-metrics", ["-version"], "")?;
    let said = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).trim().to_owned();
    if !said.is_empty() {
        return Ok(said);
    }
    let package = tool::read("dpkg-query", ["-W", "victoria-metrics"], "")?;
    Ok(package.trim().replace('\t', " "))
}

impl Victoria {
    pub(crate) fn start(folder: &Path) -> Verdict<Self> {
        let server = Server::start("victoria-metrics", folder, "/health", |port| {
            vec![
                "-storageDataPath=data".to_owned(),
                // The workload's timestamps are fixed and grow older with every year.
                "-retentionPeriod=100y".to_owned(),
                format!("-httpListenAddr=127.0.0.1:{port}"),
            ]
        })?;
        Ok(Self(server))
    }

    /// Imports a text as it is.
    pub(crate) fn import(&self, text: &str) -> Verdict {
        http::post(&self.0.url("/api/v1/import/prometheus"), text).map(drop)
    }

    /// How many rows the server has thrown away. It answers an import with success even then.
    pub(crate) fn invalid_rows(&self) -> Verdict<u64> {
        let page = http::get(&self.0.url("/metrics"), &[])?;
        let rows = page.lines().filter(|line| line.starts_with("vm_rows_invalid_total"));
        let counts: Option<Vec<u64>> =
            rows.map(|row| row.rsplit(' ').next()?.parse().ok()).collect();
        match counts {
            Some(counts) if !counts.is_empty() => Ok(counts.iter().sum()),
            _ => Err(Failure::new("the server does not count the rows it throws away")),
        }
    }

    /// Every sample that the server holds.
    pub(crate) fn export(&self) -> Verdict<Samples> {
        http::get(&self.0.url("/internal/force_flush"), &[])?;
        let query = [("match[]", "{__name__!=\"\"}"), ("start", "0")];
        let lines = http::get(&self.0.url("/api/v1/export"), &query)?;
        let mut samples = Samples::new();
        for line in lines.lines() {
            let read =
                one(line).ok_or_else(|| Failure::new(format!("the server exports {line}")))?;
            for (key, value) in read {
                if samples.insert(key.clone(), value).is_some() {
                    return Err(Failure::new(format!("the server holds {key:?} twice")));
                }
            }
        }
        Ok(samples)
    }
}

/// A line of the export: `{"metric": {...}, "values": [...], "timestamps": [...]}`
fn one(line: &str) -> Option<Vec<(Key, f64)>> {
    // JSON has no infinities. The server writes them all the same, and only among the values.
    let (metric, values) = line.split_once("\"values\":")?;
    let line = format!(
        "{metric}\"values\":{}",
        values.replace("+Inf", "\"+Inf\"").replace("-Inf", "\"-Inf\"")
    );
    let series: Value = serde_json::from_str(&line).ok()?;
    let metric = series.get("metric")?.as_object()?;
    let name = metric.get("__name__")?.as_str()?;
    let labels = metric.iter().filter(|(label, _)| *label != "__name__");
    let labels = labels
        .map(|(label, value)| Some((label.as_str(), value.as_str()?)))
        .collect::<Option<Vec<_>>>()?;
    let key = Series::new(name, labels);
    let values = series.get("values")?.as_array()?.iter().map(number);
    let timestamps = series.get("timestamps")?.as_array()?.iter().map(Value::as_i64);
    values
        .zip(timestamps)
        .map(|(value, timestamp)| Some(((key.clone(), Some(timestamp?)), value?)))
        .collect()
}

fn number(value: &Value) -> Option<f64> {
    value.as_str().map_or_else(|| value.as_f64(), |text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::one;

    #[test]
    fn exports_are_read() {
        let line =
            r#"{"metric":{"__name__":"a","le":"+Inf"},"values":[1,2.5,-Inf],"timestamps":[7,8,9]}"#;
        let read: Vec<(String, Option<i64>, f64)> = one(line)
            .unwrap()
            .into_iter()
            .map(|((s, t), v)| (s.as_str().to_owned(), t, v))
            .collect();
        let series = || "a{le=\"+Inf\"}".to_owned();
        let expected = [
            (series(), Some(7), 1.0),
            (series(), Some(8), 2.5),
            (series(), Some(9), f64::NEG_INFINITY),
        ];
        assert_eq!(read, expected);
        assert!(one(r#"{"metric":{},"values":[],"timestamps":[]}"#).is_none());
    }
}
