//! HTTP as the judges need it: get or post, an answer of 2xx, its body as text.

use std::time::Duration;

use ureq::Agent;
use ureq::http::Response;

use crate::compat::failure::{Failure, Verdict};

const TIMEOUT: Duration = Duration::from_secs(30);

/// Larger answers than this are not expected from any judge.
const LIMIT: u64 = 256 << 20;

fn agent() -> Agent {
    let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
    config.build().new_agent()
}

/// Gets a page; `query` is escaped.
pub(crate) fn get(url: &str, query: &[(&str, &str)]) -> Verdict<String> {
    let mut request = agent().get(url);
    for (key, value) in query {
        request = request.query(*key, *value);
    }
    text(url, request.call()?)
}

/// Posts a body.
pub(crate) fn post(url: &str, body: &str) -> Verdict<String> {
    text(url, agent().post(url).send(body)?)
}

fn text(url: &str, mut response: Response<ureq::Body>) -> Verdict<String> {
    let body = response.body_mut().with_config().limit(LIMIT).read_to_string()?;
    if response.status().is_success() {
        return Ok(body);
    }
    Err(Failure::new(format!("{url} answered {}: {}", response.status(), body.trim())))
}
