//! `Prometheus`: a real server that scrapes a text and is then asked about it.

use std::path::Path;

use serde_json::Value;

use crate::compat::exporter::Exporter;
use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::page::Page;
use crate::compat::samples::{Key, Samples, Series};
use crate::compat::server::{Server, poll};
use crate::compat::tool;

/// The labels that a scrape adds to what the text says.
const ADDED: &[&str] = &["__name__", "instance", "job"];

/// A server that has scraped one text.
#[derive(Debug)]
pub(crate) struct Prometheus {
    server: Server,
    _exporter: Exporter,
}

/// The judge's name and version.
pub(crate) fn version() -> Verdict<String> {
    let said = tool::run("prometheus", ["--version"], "")?;
    let text = [said.stdout, said.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
}

impl Prometheus {
    /// Serves the page, starts a server that scrapes it, and waits until it has done so.
    pub(crate) fn scraping(folder: &Path, page: &Page) -> Verdict<Self> {
        let exporter = Exporter::serve(page.content_type, &page.text)?;
        let config = format!(
            "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n\
             \x20 - job_name: storm\n    static_configs:\n      - targets: ['{}']\n",
            exporter.address()
        );
        std::fs::write(folder.join("prometheus.yml"), config)?;
        let server = Server::start("prometheus", folder, "/-/ready", |port| {
            vec![
                "--config.file=prometheus.yml".to_owned(),
                "--storage.tsdb.path=data".to_owned(),
                format!("--web.listen-address=127.0.0.1:{port}"),
            ]
        })?;
        let prometheus = Self { server, _exporter: exporter };
        poll("prometheus to scrape", || prometheus.up())
            .map_err(|why| why.of(prometheus.refusal()))?;
        Ok(prometheus)
    }

    /// A scrape that failed is not the end: on a busy machine it may have taken too long.
    fn up(&self) -> Verdict<Option<()>> {
        let up = self.query("up{job=\"storm\"}")?;
        Ok(up.values().any(|up| *up == 1.0).then_some(()))
    }

    /// Why the last scrape failed, in the server's words.
    fn refusal(&self) -> String {
        let targets = self.ask("/api/v1/targets", &[]);
        let why = targets.ok().and_then(|targets| {
            targets.pointer("/data/activeTargets/0/lastError")?.as_str().map(str::to_owned)
        });
        why.unwrap_or_else(|| "no reason given".to_owned())
    }

    /// The instant value of a query, one sample a series; timestamps are the server's own and left out.
    pub(crate) fn query(&self, query: &str) -> Verdict<Samples> {
        let answer = self.ask("/api/v1/query", &[("query", query)])?;
        let result = answer.pointer("/data/result").and_then(Value::as_array);
        let result = result.ok_or_else(|| Failure::new(format!("prometheus answers {answer}")))?;
        result
            .iter()
            .map(|sample| {
                one(sample).ok_or_else(|| Failure::new(format!("prometheus answers {sample}")))
            })
            .collect()
    }

    /// Everything that came from the scraped text.
    pub(crate) fn scraped(&self) -> Verdict<Samples> {
        let all = self.query("{job=\"storm\"}")?;
        let own = |(series, _): &Key| {
            !series.as_str().starts_with("scrape_") && !series.as_str().starts_with("up{")
        };
        Ok(all.into_iter().filter(|(key, _)| own(key)).collect())
    }

    /// `histogram_quantile` of a family's buckets.
    pub(crate) fn quantile(&self, family: &str, quantile: f64) -> Verdict<f64> {
        let found = self.query(&format!("histogram_quantile({quantile}, {family}_bucket)"))?;
        ensure(found.len() == 1, || format!("{} quantiles of {family}", found.len()))?;
        found.into_values().next().ok_or_else(|| Failure::new("no quantile"))
    }

    fn ask(&self, path: &str, query: &[(&str, &str)]) -> Verdict<Value> {
        let body = crate::compat::http::get(&self.server.url(path), query)?;
        Ok(serde_json::from_str(&body)?)
    }
}

/// `{"metric": {...}, "value": [seconds, "value"]}`
fn one(sample: &Value) -> Option<(Key, f64)> {
    let metric = sample.get("metric")?.as_object()?;
    let name = metric.get("__name__").and_then(Value::as_str).unwrap_or_default();
    let labels = metric.iter().filter(|(label, _)| !ADDED.contains(&label.as_str()));
    let labels = labels
        .map(|(label, value)| Some((label.as_str(), value.as_str()?)))
        .collect::<Option<Vec<_>>>()?;
    let value = sample.pointer("/value/1")?.as_str()?.parse().ok()?;
    Some(((Series::new(name, labels), None), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::one;

    #[test]
    fn answers_are_read() {
        let answer = json!({
            "metric": {"__name__": "a_bucket", "job": "storm", "instance": "x", "le": "+Inf"},
            "value": [1.5, "+Inf"]
        });
        let ((series, timestamp), value) = one(&answer).unwrap();
        assert_eq!(
            (series.as_str(), timestamp, value),
            ("a_bucket{le=\"+Inf\"}", None, f64::INFINITY)
        );
        assert_eq!(one(&json!({"metric": {}})), None);
    }
}
